function ksr_request_route()
	local name = directory:Name(KSR.kx.gete_ruser())
	KSR.sl.sl_send_reply(200, KSR.greeter.greet(name))
end
