function ksr_request_route()
	KSR.tm.t_on_branch("each")
	KSR.tm.t_relay()
end

function each()
	KSR.tm.t_relay()
end
