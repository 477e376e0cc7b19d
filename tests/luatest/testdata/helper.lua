local routes = {}

function routes.slow()
	KSR.cfgutils.sleep(5)
	KSR.sl.sl_send_reply(200, "slept")
end

function routes.time()
	KSR.sl.sl_send_reply(200, os.date("!%Y-%m-%d %H:%M:%S") .. " " .. os.time())
end

function routes.chance()
	KSR.sl.sl_send_reply(200, math.random(1000000) .. " " .. KSR.pv.get("$RANDOM") .. " " .. KSR.pv.get("$uuid(g)"))
end

function routes.broken()
	local nothing = nil
	return nothing.field
end

function routes.endless()
	while true do end
end

function routes.misuse()
	KSR.sl.sl_send_reply("what")
end

function routes.dns()
	KSR.tm.t_relay()
end

function routes.log()
	KSR.err("only a remark of the script\n")
	KSR.sl.sl_send_reply(200, "OK")
end

function routes.query()
	KSR.sqlops.sql_query("db", "select value from notes where name='greeting'", "ra")
	KSR.sl.sl_send_reply(200, KSR.pv.get("$dbr(ra=>[0,0])"))
end

function routes.web()
	local code = KSR.http_client.query("http://numbers.example.test/" .. KSR.pv.get("$fU"), "$var(answer)")
	KSR.sl.sl_send_reply(200, code .. " " .. tostring(KSR.pv.get("$var(answer)")))
end

function routes.library()
	local body, code = require "socket.http".request("http://numbers.example.test/" .. KSR.pv.get("$fU"))
	KSR.sl.sl_send_reply(200, code .. " " .. tostring(body) .. " " .. tostring(require "socket".dns.toip("numbers.example.test")))
end

function routes.async()
	KSR.tm.t_newtran()
	if KSR.http_async_client.query("http://numbers.example.test/" .. KSR.pv.get("$fU"), "on_number") < 0 then
		KSR.tm.t_reply(500, "No Request")
	end
end

function routes.names()
	local rc = KSR.ipops.dns_query("numbers.example.test", "n")
	local other = KSR.ipops.dns_query("nowhere.example.test", "o")
	KSR.sl.sl_send_reply(200, rc .. " " .. tostring(KSR.pv.get("$dns(n=>addr)")) .. " " .. other)
end

return {routes = routes}
