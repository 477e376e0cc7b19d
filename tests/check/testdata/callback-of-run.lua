function ksr_request_route()
	KSR.app_lua.run("bill")
end

function billing() end
