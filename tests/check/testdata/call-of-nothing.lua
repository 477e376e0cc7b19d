function ksr_request_route()
	route_request()
	local checked = tostirng(1)
end

function route_requests()
	KSR.info("x")
end
