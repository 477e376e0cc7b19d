-- Scripts find themselves, extend package.path, load and reload other files.
local me = debug.getinfo(1).source
local dir = me:match("^@(.*/)")
package.path = dir .. "../lib/?.lua;" .. package.path
local part = require("part")
counter = 0

function ksr_request_route()
	say(me, debug.getinfo(1).short_src, debug.getinfo(1, "l").currentline) --> @testdata/cases/files.lua testdata/cases/files.lua 9
	say(debug.getinfo(print).what, debug.getinfo(ksr_request_route, "S").linedefined) --> C 8
	say(part.name, require("part") == part, loads) --> part true 1
	package.loaded.part = nil
	say(require("part") == part, loads) --> false 2
	say(dofile(dir .. "../lib/part.lua").name, loads) --> part 3
	say(loadfile(dir .. "nosuch.lua")) --> nil stat testdata/cases/nosuch.lua: no such file or directory
	local ok, why = pcall(require, "lpeg")
	say(ok, why:match("this library is written in C[^;]*")) --> false this library is written in C, which cannot be loaded here
	say(loadstring("return 1 + 1")()) --> 2
	say(loadstring("x = = 1")) --> nil [string "x = = 1"]:1: syntax error near '='
	say(loadstring("x = ", "=name")) --> nil name:1: the file ends in the middle of a statement
	local pieces = {"return ", "4", "2"}
	say(load(function() return table.remove(pieces, 1) end)()) --> 42
	say(loadstring("return debug.getinfo(1).source")()) --> [string "return debug.getinfo(1).source"]
	say(select(2, pcall(loadstring("\nerror('x')", "@chunk.lua")))) --> chunk.lua:2: x
	say(type(collectgarbage("count")), collectgarbage(), collectgarbage("step", 1)) --> number 0 0
	say(os.execute("true"), os.execute("false")) --> 0 1
	local pipe = io.popen("echo one; echo two")
	for line in pipe:lines() do say(line) end
	--> one
	--> two
	pipe:close()
	pipe = io.popen("printf abc")
	say(pipe:read("*a"), io.type(pipe)) --> abc file
	pipe:close()
	say(channel, _printregs) --> nil nil
end
