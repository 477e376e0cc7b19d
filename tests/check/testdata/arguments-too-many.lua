function ksr_request_route()
	KSR.tm.t_relay("sip:bob@example.com")
	KSR.setflag(1, 2)
end
