-- cjson and base64 are built in, with LuaCJSON's meanings.
local cjson, safe, base64 = require("cjson"), require("cjson.safe"), require("base64")

function ksr_request_route()
	local v = cjson.decode('{"a": [1, 2.5, "x/y", true, null], "b": {"c": "\\u00e9"}}')
	say(v.a[1], v.a[2], v.a[3], v.a[4], v.a[5] == cjson.null, #v.a, v.b.c) --> 1 2.5 x/y true true 5 é
	say(cjson.encode({1, 2, "x"}), cjson.encode({a = 1}), cjson.encode({})) --> [1,2,"x"] {"a":1} {}
	say(cjson.encode("a/b\"\n\1"), cjson.encode(1e15), cjson.encode(0.1), cjson.encode(true), cjson.encode(cjson.null)) --> "a\/b\"\n\u0001" 1e+15 0.1 true null
	say(cjson.encode({[1] = 1, [3] = 3}), cjson.encode({nested = {list = {1}}})) --> [1,null,3] {"nested":{"list":[1]}}
	say(cjson.encode({list = cjson.empty_array}), cjson.encode(setmetatable({}, cjson.array_mt))) --> {"list":[]} []
	say(pcall(cjson.decode, "{")) --> false testdata/cases/json.lua:11: Expected comma or end but found invalid token at character 2
	say(safe.decode("[1,")) --> nil Expected value but found the end at character 4
	say(safe.decode("nonsense")) --> nil Expected value but found invalid token at character 1
	say(safe.decode("1 2")) --> nil Expected the end but found something else at character 4
	say(safe.encode(print)) --> nil Cannot serialise function: type not supported
	say(safe.encode({[1] = 1, [1000] = 2})) --> nil Cannot serialise table: excessively sparse array
	local loop = {}
	loop.x = loop
	say(safe.encode(loop)) --> nil Cannot serialise, excessive depth (1001)
	say(safe.decode(("["):rep(2000))) --> nil Found too many nested data structures at character 1002
	say(tostring(cjson.null), safe.null == cjson.null, cjson._VERSION) --> userdata: NULL true 2.1.0
	say(base64.encode("moonroute"), base64.decode("bW9vbnJvdXRl"), base64.decode("bW9v\nbg=="), base64.decode("!")) --> bW9vbnJvdXRl moonroute moon 
end
