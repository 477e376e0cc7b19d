local lfs = require "lfs"

function ksr_request_route()
	lfs.attributes("x")
end
