-- KSR.greeter is a module of the Go program, directory one of its Go values.
function ksr_request_route()
	local user = KSR.kx.gete_ruser()
	local name = directory:Name(user)
	if name == "" then
		KSR.sl.sl_send_reply(404, "Who is " .. user)
		return
	end
	KSR.sl.sl_send_reply(200, KSR.greeter.greet(name))
end
