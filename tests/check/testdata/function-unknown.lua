function ksr_request_route()
	KSR.sl.sl_send_replay(200, "OK")
	KSR.inof("text") KSR.inof("again")
end
