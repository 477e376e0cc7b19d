function ksr_request_route()
	if KSR.is_INVITE() then
		KSR.info("a call")
end
