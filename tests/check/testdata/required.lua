package.path = "lib/?.lua;" .. package.path
local part = require("part")
require "nowhere"
local socket = require("cjson")

function ksr_request_route()
	part.start()
	from_part()
	dofile("lib/more.lua")
end
