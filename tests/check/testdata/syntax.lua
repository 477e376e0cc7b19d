function ksr_request_route()
	if KSR.is_INVITE() the
		KSR.info("a call")
	end
end
