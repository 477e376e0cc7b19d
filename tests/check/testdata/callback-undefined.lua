function ksr_request_route()
	KSR.tm.t_on_failure("ksr_failure_manage")
	KSR.tm.t_on_branch("ksr_branch_manage")
	KSR.tm.t_relay()
end

function ksr_failure_manag()
	KSR.info("failed")
end

function ksr_branch_manage()
	KSR.info("branch")
end
