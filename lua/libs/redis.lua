-- The commands of redis-lua: how arguments of Lua become those of Redis, and answers become values of Lua.
local connect = ...
local redis = { commands = {}, _VERSION = "redis-lua 2.0.6", error = function(message, level) error(message, (level or 1) + 1) end }

local function truth(reply) return reply == 1 end

local function number(reply) return tonumber(reply) end

local function pairs_of(reply)
	local map = {}
	for i = 1, #reply, 2 do map[reply[i]] = reply[i + 1] end
	return map
end

local function scored(reply, ...)
	local option = select(4, ...)
	local wanted = type(option) == "table" and option.withscores or type(option) == "string" and option:lower() == "withscores"
	if not wanted then return reply end
	local list = {}
	for i = 1, #reply, 2 do list[#list + 1] = { reply[i], reply[i + 1] } end
	return list
end

local function scores(reply)
	local list = {}
	for i = 1, #reply[2], 2 do list[#list + 1] = { reply[2][i], tonumber(reply[2][i + 1]) } end
	reply[2] = list
	return reply
end

local function fields(reply)
	reply[2] = pairs_of(reply[2])
	return reply
end

local function info(reply)
	local all = {}
	local section = all
	for line in reply:gmatch("[^\r\n]+") do
		local title = line:match("^# (%w+)")
		local key, value = line:match("^([^:]*):(.*)$")
		if title then
			section = {}
			all[title:lower()] = section
		elseif key and key:match("^db%d+$") then
			section[key] = {}
			for k, v in value:gmatch("([^=,]+)=([^=,]+)") do section[key][k] = v end
		elseif key then
			section[key] = value
		end
	end
	return all
end

-- options takes the table off the end of a list of arguments.
local function options(args)
	if type(args[#args]) == "table" then return table.remove(args) end
	return {}
end

local function append(args, ...)
	for _, v in ipairs({ ... }) do args[#args + 1] = v end
	return args
end

local function range(args)
	local o = options(args)
	if o.limit then append(args, "LIMIT", o.limit.offset or o.limit[1], o.limit.count or o.limit[2]) end
	if o.withscores then append(args, "WITHSCORES") end
	return args
end

local function weighted(args)
	local o = options(args)
	if o.weights then append(args, "WEIGHTS", unpack(o.weights)) end
	if o.aggregate then append(args, "AGGREGATE", o.aggregate) end
	return args
end

local function flat(args)
	for k, v in pairs(options(args)) do append(args, k, v) end
	return args
end

local function names(args)
	for _, v in pairs(options(args)) do append(args, v) end
	return args
end

local function scan(args)
	local o = options(args)
	if o.match then append(args, "MATCH", o.match) end
	if o.count then append(args, "COUNT", o.count) end
	return args
end

local function sort(args)
	local o = options(args)
	if o.by then append(args, "BY", o.by) end
	if o.limit then append(args, "LIMIT", o.limit[1], o.limit[2]) end
	for _, pattern in ipairs(type(o.get) == "table" and o.get or { o.get }) do append(args, "GET", pattern) end
	if o.sort then append(args, o.sort) end
	if o.alpha == true then append(args, "ALPHA") end
	if o.store then append(args, "STORE", o.store) end
	return args
end

-- plain are the commands whose arguments and answers are taken as they are.
local plain = [[
del type rename ttl pttl dbsize randomkey keys set setex psetex get mget getset getdel incr incrby decr decrby append substr strlen
setrange getrange setbit getbit bitop bitcount rpush lpush llen lrange ltrim lindex lset lrem lpop rpop rpoplpush blpop brpop
rpushx lpushx linsert brpoplpush lpos sadd srem spop scard sinter sinterstore sunion sunionstore sdiff sdiffstore smembers
srandmember zadd zrem zcount zcard zscore zremrangebyscore zrank zrevrank zremrangebyrank hincrby hget hdel hlen hkeys hvals
echo auth select multi exec discard watch unwatch publish eval evalsha script bgrewriteaof client save bgsave lastsave flushdb
flushall time touch unlink dump restore geoadd geodist geohash geopos pfadd pfcount pfmerge xadd xlen xrange xread xdel xtrim]]

-- shaped are the others: { arguments, answer }.
local shaped = {
	ping = { nil, function(reply) return reply == "PONG" end },
	exists = { nil, truth }, renamenx = { nil, truth }, expire = { nil, truth }, pexpire = { nil, truth }, expireat = { nil, truth },
	pexpireat = { nil, truth }, move = { nil, truth }, persist = { nil, truth }, setnx = { nil, truth }, smove = { nil, truth },
	sismember = { nil, truth }, hset = { nil, truth }, hsetnx = { nil, truth }, hexists = { nil, truth },
	mset = { flat }, msetnx = { flat, truth }, hmset = { flat }, hmget = { names },
	incrbyfloat = { nil, number }, hincrbyfloat = { nil, number }, zincrby = { nil, number },
	hgetall = { nil, pairs_of },
	config = { nil, function(reply) return type(reply) == "table" and pairs_of(reply) or reply end },
	info = { nil, info },
	sort = { sort }, scan = { scan }, sscan = { scan }, zscan = { scan, scores }, hscan = { scan, fields },
	zrange = { range, scored }, zrevrange = { range, scored }, zrangebyscore = { range, scored }, zrevrangebyscore = { range, scored },
	zunionstore = { weighted }, zinterstore = { weighted },
}

local function define(list, name, opts)
	list[name:lower()] = { name = opts.command or name:upper(), arguments = opts.arguments, response = opts.response }
end

for name in plain:gmatch("%S+") do define(redis.commands, name, {}) end
for name, shape in pairs(shaped) do define(redis.commands, name, { arguments = shape[1], response = shape[2] }) end

local function prepare(command, ...)
	local args = { ... }
	return command.arguments and command.arguments(args) or args
end

local function answer(command, reply, ...)
	if command.response and reply ~= nil then return command.response(reply, ...) end
	return reply
end

local methods = {}

function methods.quit(client)
	client.connection:call("QUIT")
	client.connection:close()
	return true
end

function methods.raw_cmd(client, text)
	local words = {}
	for word in text:gmatch("%S+") do words[#words + 1] = word end
	return client.connection:call(unpack(words))
end

function methods.define_command(client, name, opts)
	local own = rawget(client, "own") or {}
	client.own = own
	define(own, name, type(opts) == "function" and { response = opts } or opts or {})
end

function methods.undefine_command(client, name)
	if rawget(client, "own") then client.own[name:lower()] = nil end
end

-- command finds what a client knows by a name.
local function command_of(client, name)
	local own = rawget(client, "own")
	return own and own[name] or redis.commands[name]
end

-- pipeline asks for everything at once: block(p) calls commands on p, and the answers come as a list.
function methods.pipeline(client, block)
	local calls, asked = {}, {}
	local p = setmetatable({}, { __index = function(_, name)
		local command = command_of(client, name)
		if not command then redis.error("unknown redis command: " .. name, 2) end
		return function(_, ...)
			asked[#asked + 1] = { command.name, unpack(prepare(command, ...)) }
			calls[#calls + 1] = { command, ... }
			return { queued = true }
		end
	end })
	block(p)
	if #asked == 0 then return {}, 0 end
	local replies = client.connection:batch(asked)
	for i, call in ipairs(calls) do replies[i] = answer(call[1], replies[i], unpack(call, 2)) end
	return replies, #calls
end

-- attempt is one try of a transaction; nil: a watched key was changed meanwhile.
local function attempt(client, opts, block)
	local calls, began = {}, false
	local function begin()
		began = true
		client:multi()
	end
	local t = setmetatable({}, { __index = function(_, name)
		if name == "multi" then return begin end
		if name == "commands_queued" then return function() return #calls end end
		if name == "exec" or name == "watch" and began then redis.error(name:upper() .. " inside a transaction block is not allowed", 2) end
		local command = command_of(client, name)
		if not began or not command then return function(_, ...) return client[name](client, ...) end end
		return function(_, ...)
			local reply = client.connection:call(command.name, unpack(prepare(command, ...)))
			if name == "discard" then
				calls, began = {}, false
				return reply
			end
			calls[#calls + 1] = { command, ... }
			return reply
		end
	end })
	if opts.watch and #opts.watch > 0 then client:watch(unpack(opts.watch)) end
	if not opts.cas then begin() end
	local ok, reason = pcall(block, t)
	if not ok or #calls == 0 then
		if began then client:discard() end
		if not ok then error(reason, 0) end
		return {}, 0
	end
	local replies = client:exec()
	if not replies then return nil end
	for i, call in ipairs(calls) do replies[i] = answer(call[1], replies[i], unpack(call, 2)) end
	return replies, #calls
end

-- transaction is transaction(block) or transaction({ keys to watch, cas =, retry = }, block).
function methods.transaction(client, opts, block)
	if not block then opts, block = {}, opts end
	if type(opts) ~= "table" then opts = { opts } end
	local watch = opts.watch or { unpack(opts) }
	if type(watch) ~= "table" then watch = { watch } end
	for _ = 0, tonumber(opts.retry) or 2 do
		local replies, n = attempt(client, { watch = watch, cas = opts.cas }, block)
		if replies then return replies, n end
	end
	redis.error("MULTI/EXEC transaction aborted by the server")
end

local client_meta = { __index = function(client, name)
	if methods[name] then return methods[name] end
	local command = command_of(client, name)
	if not command then return nil end
	return function(self, ...)
		return answer(command, self.connection:call(command.name, unpack(prepare(command, ...))), ...)
	end
end }

-- place reads the arguments of connect: host, port, timeout; a table of these; or a URL.
local function place(first, port, timeout)
	if type(first) == "table" then return first end
	if type(first) == "string" and not port then
		local parsed = require("socket.url").parse(first)
		if parsed and parsed.scheme then
			local wait = (parsed.query or ""):match("timeout=([%d.]+)")
			return { scheme = parsed.scheme, host = parsed.host, port = parsed.port, path = parsed.path, timeout = tonumber(wait), password = parsed.password }
		end
	end
	return { host = first, port = port, timeout = timeout }
end

function redis.connect(...)
	local p = place(...)
	local scheme = p.scheme or (p.path and not p.host and "unix") or "redis"
	if scheme ~= "redis" and scheme ~= "tcp" and scheme ~= "unix" then redis.error("invalid scheme: " .. scheme) end
	local host, port = p.host or "127.0.0.1", tonumber(p.port) or 6379
	local connection, reason = connect(host, port, tonumber(p.timeout), scheme == "unix" and p.path or nil)
	if not connection then
		redis.error("could not connect to " .. (scheme == "unix" and p.path or host .. ":" .. port) .. " [" .. reason .. "]")
	end
	local client = setmetatable({ connection = connection, error = redis.error }, client_meta)
	if p.password then client:auth(p.password) end
	return client
end

function redis.command(name, opts)
	local list = {}
	define(list, name, type(opts) == "function" and { response = opts } or opts or {})
	local command = list[name:lower()]
	return function(client, ...)
		return answer(command, client.connection:call(command.name, unpack(prepare(command, ...))), ...)
	end
end

return redis
