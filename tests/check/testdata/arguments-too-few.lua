function ksr_request_route()
	KSR.sl.send_reply(404)
	KSR.tm.t_on_failure()
end

function failed() end
