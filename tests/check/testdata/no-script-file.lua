require("lib.absent")
dofile("/nonexistent/file.lua")
function ksr_request_route() end
