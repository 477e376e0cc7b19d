-- show writes any value so that it can be compared.
local function show(v)
	if type(v) == "userdata" then return "userdata" end
	if type(v) == "number" then return string.format("%.10g", v) end
	if type(v) ~= "table" then return type(v) == "string" and string.format("%q", v):gsub("\r", "\\r"):gsub("\\\n", "\\n") or tostring(v) end
	local list = {}
	for k, x in pairs(v) do list[#list + 1] = show(k) .. "=" .. show(x) end
	table.sort(list)
	return "{" .. table.concat(list, ", ") .. "}"
end

function say(...)
	local out = {}
	for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
	lines = (lines or "") .. table.concat(out, " ") .. "\n"
end
