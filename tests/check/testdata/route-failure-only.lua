function ksr_request_route()
	prepare()
	KSR.tm.t_relay()
end

function prepare()
	KSR.tm.t_drop_replies_all()
end
