local M = {}

function M.start()
	KSR.inof("started")
end

function from_part() end

return M
