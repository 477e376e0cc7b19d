-- Takes URLs apart and builds them (RFC 3986).
local url = { _VERSION = "URL 1.0.3" }

function url.escape(text)
	return (text:gsub("([^A-Za-z0-9_])", function(c) return string.format("%%%02x", c:byte()) end))
end

function url.unescape(text)
	return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- cut takes what follows a mark off the end of a text.
local function cut(text, mark)
	local at = text:find(mark, 1, true)
	if not at then return text, nil end
	return text:sub(1, at - 1), text:sub(at + 1)
end

local function authority(parsed, text)
	parsed.authority = text
	local info, place = text:match("^([^@]*)@(.*)$")
	if info then
		parsed.userinfo, text = info, place
		parsed.user, parsed.password = info, nil
		local user, password = info:match("^([^:]*):(.*)$")
		if user then parsed.user, parsed.password = user, password end
	end
	local host, port = text:match("^(.-):([^:%]]*)$")
	if host then
		text = host
		if port ~= "" then parsed.port = port end
	end
	if text ~= "" then parsed.host = text:match("^%[(.+)%]$") or text end
end

function url.parse(text, default)
	local parsed = {}
	for k, v in pairs(default or {}) do parsed[k] = v end
	if not text or text == "" then return nil, "invalid url" end
	local part
	text, part = cut(text, "#")
	parsed.fragment = part or parsed.fragment
	local scheme, rest = text:match("^(%a[%w+.-]*):(.*)$")
	if scheme then parsed.scheme, text = scheme, rest end
	local place
	place, rest = text:match("^//([^/?]*)(.*)$")
	if place then
		authority(parsed, place)
		text = rest
	end
	text, part = cut(text, "?")
	parsed.query = part or parsed.query
	text, part = cut(text, ";")
	parsed.params = part or parsed.params
	if text ~= "" then parsed.path = text end
	return parsed
end

function url.build(parsed)
	local text = parsed.path or ""
	if parsed.params then text = text .. ";" .. parsed.params end
	if parsed.query then text = text .. "?" .. parsed.query end
	local place = parsed.authority
	if parsed.host then
		place = parsed.host:find(":", 1, true) and "[" .. parsed.host .. "]" or parsed.host
		if parsed.port then place = place .. ":" .. tostring(parsed.port) end
		local info = parsed.userinfo
		if parsed.user then
			info = parsed.user
			if parsed.password then info = info .. ":" .. parsed.password end
		end
		if info then place = info .. "@" .. place end
	end
	if place then text = "//" .. place .. text end
	if parsed.scheme then text = parsed.scheme .. ":" .. text end
	if parsed.fragment then text = text .. "#" .. parsed.fragment end
	return text
end

-- normal takes "." and ".." out of a path (RFC 3986, 5.2.4).
local function normal(path)
	local out, rooted = {}, path:sub(1, 1) == "/"
	local last
	for segment in path:gmatch("[^/]+") do
		last = segment
		if segment == ".." then
			out[#out] = nil
		elseif segment ~= "." then
			out[#out + 1] = segment
		end
	end
	local text = (rooted and "/" or "") .. table.concat(out, "/")
	local folder = path:sub(-1) == "/" or last == "." or last == ".."
	if folder and text:sub(-1) ~= "/" then text = text .. "/" end
	return text
end

function url.absolute(base, relative)
	if type(base) ~= "table" then base = url.parse(base) end
	local r = url.parse(relative)
	if not base then return relative end
	if not r then return url.build(base) end
	if r.scheme then return relative end
	r.scheme = base.scheme
	if not r.authority then
		r.authority = base.authority
		if not r.path then
			r.path = base.path
			r.params, r.query = r.params or base.params, r.query or base.query
		elseif r.path:sub(1, 1) ~= "/" then
			r.path = normal((base.path or "/"):gsub("[^/]*$", "") .. r.path)
		else
			r.path = normal(r.path)
		end
	end
	return url.build(r)
end

function url.parse_path(path)
	local segments = {}
	for segment in (path or ""):gmatch("[^/]+") do segments[#segments + 1] = url.unescape(segment) end
	if path and path:sub(1, 1) == "/" then segments.is_absolute = 1 end
	if path and path:sub(-1) == "/" then segments.is_directory = 1 end
	return segments
end

function url.build_path(segments, unsafe)
	local list = {}
	for i, segment in ipairs(segments) do list[i] = unsafe and segment or url.escape(segment) end
	local path = table.concat(list, "/")
	if segments.is_directory and #list > 0 then path = path .. "/" end
	if segments.is_absolute then path = "/" .. path end
	return path
end

return url
