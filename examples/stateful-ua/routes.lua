-- A stateful user agent server: it ends the path of a request rather than forwarding it.
-- The transaction repeats the answer when the request is repeated, so that what the
-- service does happens once for each request, however often the network delivers it.

function ksr_request_route()
	if KSR.is_REGISTER() then
		KSR.info("REGISTER\n")
		KSR.sl.sl_send_reply(200, "OK")
		return
	end

	local created = KSR.tm.t_newtran()
	if created < 0 then
		KSR.sl.sl_reply_error()
		return
	end
	if created == 0 then
		return -- a retransmission, or the ACK for our answer
	end

	-- From here on the request is a new one: the place for what the service does.
	KSR.info("new transaction: " .. KSR.kx.get_method() .. " from " .. KSR.kx.get_furi() .. "\n")

	local code, reason = 699, "I don't want to chat with you"
	if string.find(KSR.kx.get_ruri(), "a@", 1, true) then
		code, reason = 409, "Bizarre Error"
	end
	if KSR.tm.t_reply(code, reason) < 0 then
		KSR.sl.sl_reply_error()
	end
end
