-- Values are read before any of them is given to a name.
local function swap(a, b) a, b = b, a return a .. b end
local function with_table(a, b) a, b = {}, a return type(a) .. " " .. type(b) end
local function with_sum(a, b) a, b = a + 1, a return a .. " " .. b end
local function with_number(a, b) a, b = 5, a return a .. " " .. b end
local function with_text(a, b) a, b = "x", a return a .. " " .. b end
local function with_nil(a, b) a, b = nil, a return tostring(a) .. " " .. b end
local function with_field(a, b) local t = { x = 9 } a, b = t.x, a return a .. " " .. b end
local function around(a, b, c) a, b, c = c, a, b return a .. b .. c end
function ksr_request_route()
	say(swap("1", "2")) --> 21
	say(with_table(1, 2)) --> table number
	say(with_sum(1, 2)) --> 2 1
	say(with_number(1, 2)) --> 5 1
	say(with_text(1, 2)) --> x 1
	say(with_nil(1, 2)) --> nil 1
	say(with_field(1, 2)) --> 9 1
	say(around("1", "2", "3")) --> 312
end
