-- A redirect server: it tells the caller where to try, and forgets. The answer lists the
-- request URI and the branches, each as a Contact.

function ksr_request_route()
	if KSR.is_REGISTER() then
		KSR.info("REGISTER\n")
		KSR.sl.sl_send_reply(200, "OK")
		return
	end
	if KSR.is_ACK() then
		return -- an ACK has no answer
	end
	KSR.seturi("sip:office@pbx.example.test:5080")
	KSR.corex.append_branch_uri("sip:mobile@gateway.example.test")
	KSR.sl.sl_send_reply(300, "Redirect")
end
