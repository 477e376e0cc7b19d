-- Sources give chunks until nil, sinks take them, filters change them, and pumps carry them from a source to a sink.
local ltn12 = { BLOCKSIZE = 2048, _VERSION = "LTN12 1.0.3", filter = {}, source = {}, sink = {}, pump = {} }
local filter, source, sink, pump = ltn12.filter, ltn12.source, ltn12.sink, ltn12.pump

function filter.cycle(low, context, extra)
	return function(chunk)
		local result
		result, context = low(context, chunk, extra)
		return result
	end
end

-- through passes a chunk through all filters from the first on.
local function through(filters, first, chunk)
	for i = first, #filters do
		if chunk == "" and i > first then return "" end
		chunk = filters[i](chunk)
	end
	return chunk
end

-- At the end each filter is asked until it has nothing left, and what it gave goes through those behind it.
function filter.chain(...)
	local filters, ending = { ... }, 1
	return function(chunk)
		if chunk then return through(filters, 1, chunk) end
		while ending <= #filters do
			local rest = filters[ending](nil)
			if rest == nil then
				ending = ending + 1
			elseif rest ~= "" then
				return through(filters, ending + 1, rest)
			else
				ending = ending + 1
			end
		end
		return nil
	end
end

function source.empty()
	return function() return nil end
end

function source.error(reason)
	return function() return nil, reason end
end

function source.file(handle, reason)
	if not handle then return source.error(reason or "unable to open file") end
	return function()
		local chunk = handle:read(ltn12.BLOCKSIZE)
		if not chunk then handle:close() end
		return chunk
	end
end

function source.string(text)
	if not text then return source.empty() end
	local at = 1
	return function()
		local chunk = text:sub(at, at + ltn12.BLOCKSIZE - 1)
		at = at + ltn12.BLOCKSIZE
		if chunk ~= "" then return chunk end
	end
end

function source.table(list)
	local at = 0
	return function()
		at = at + 1
		return list[at]
	end
end

function source.simplify(src)
	return function()
		local chunk, reason, replacement = src()
		src = replacement or src
		if not chunk then return nil, reason end
		return chunk
	end
end

function source.rewind(src)
	local back = {}
	return function(chunk)
		if chunk then
			back[#back + 1] = chunk
			return
		end
		if #back > 0 then return table.remove(back) end
		return src()
	end
end

local function chained(src, f)
	local ended, last = false, false
	return function()
		while not last do
			local chunk, reason
			if not ended then
				chunk, reason = src()
				if reason then return nil, reason end
				ended = chunk == nil
			end
			local result = f(chunk)
			if result == nil and ended then last = true
			elseif result and (result ~= "" or not ended) then return result
			elseif ended then last = true end
		end
	end
end

function source.chain(src, first, ...)
	local result = chained(src, first)
	for _, f in ipairs({ ... }) do result = chained(result, f) end
	return result
end

function source.cat(...)
	local list, at = { ... }, 1
	return function()
		while at <= #list do
			local chunk, reason = list[at]()
			if chunk or reason then return chunk, reason end
			at = at + 1
		end
	end
end

function sink.table(list)
	list = list or {}
	return function(chunk)
		if chunk then list[#list + 1] = chunk end
		return 1
	end, list
end

function sink.null()
	return function() return 1 end
end

function sink.error(reason)
	return function() return nil, reason end
end

function sink.file(handle, reason)
	if not handle then return sink.error(reason or "unable to open file") end
	return function(chunk)
		if not chunk then
			handle:close()
			return 1
		end
		return handle:write(chunk)
	end
end

function sink.simplify(snk)
	return function(chunk, err)
		local ok, replacement = snk(chunk, err)
		if not ok then return nil, replacement end
		snk = replacement or snk
		return 1
	end
end

local function filtered(f, snk)
	return function(chunk, err)
		local result = f(chunk)
		if chunk then
			if result and result ~= "" then return snk(result, err) end
			return 1
		end
		while result and result ~= "" do
			local ok, reason = snk(result, err)
			if not ok then return nil, reason end
			result = f(nil)
		end
		return snk(nil, err)
	end
end

function sink.chain(...)
	local list = { ... }
	local result = table.remove(list)
	while #list > 0 do result = filtered(table.remove(list), result) end
	return result
end

function pump.step(src, snk)
	local chunk, src_error = src()
	local ok, snk_error = snk(chunk, src_error)
	if chunk and ok then return 1 end
	return nil, src_error or snk_error
end

function pump.all(src, snk, step)
	step = step or pump.step
	while true do
		local ok, reason = step(src, snk)
		if not ok then
			if reason then return nil, reason end
			return 1
		end
	end
end

return ltn12
