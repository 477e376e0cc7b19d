-- Phones in web pages call each other and phones of any other kind. Only our users are served, and
-- nothing is passed on that does not belong to one of their calls.

local REALM = "moonroute.test"
local PASSWORDS = { alice = "looking-glass", bob = "can-we-fix-it" } -- a real server has a database: auth_db

-- A page asks for WebSocket. Everything else over HTTP gets 404.
function ksr_xhttp_event(evname)
	local origin = KSR.kx.get_def("ORIGIN")
	if KSR.pv.get("$(hu{url.path})") ~= "/sip" then
		KSR.xhttp.xhttp_reply(404, "Not Found", "", "")
	elseif origin ~= "any" and KSR.hdr.get("Origin") ~= origin then
		KSR.xhttp.xhttp_reply(403, "Forbidden", "", "")
	else
		KSR.websocket.handle_handshake()
	end
	return 1
end

function ksr_websocket_event(evname)
	KSR.info("connection " .. KSR.pv.get("$ws_conid") .. " from " .. KSR.pv.get("$si") .. " has ended\n")
	return 1
end

-- The Contact of a page has no address. It goes on inside one of ours, with the address that it came
-- from; requests to it come back here and are unpacked.
local function pack_contact()
	KSR.siputils.contact_param_encode_alias("at", "sip:" .. KSR.pv.get("$Ri") .. ":" .. KSR.pv.get("$Rp"))
end

local PROTOS = { [1] = "udp", [2] = "tcp", [3] = "tls", [5] = "ws", [6] = "wss" }

local function unpack_contact()
	KSR.siputils.contact_param_decode_ruri("at")
	local alias = KSR.pv.get("$(ru{uri.param,alias})")
	if alias == nil or alias == "" then return end
	local host, port, proto = alias:match("^(.*)~(%d+)~(%d+)$")
	KSR.siputils.uri_param_rm("alias")
	if host then
		return "sip:" .. host .. ":" .. port .. ";transport=" .. (PROTOS[tonumber(proto)] or "udp")
	end
end

local function relay()
	KSR.tm.t_on_reply("ksr_onreply_manage")
	if KSR.tm.t_relay() < 0 then
		KSR.sl.sl_reply_error()
	end
end

function ksr_onreply_manage()
	pack_contact()
	return 1
end

-- Who calls or registers shows a password. From must be the user's own.
local function known(check, challenge)
	local user = KSR.pv.get("$fU")
	local password = PASSWORDS[user]
	if password and check(REALM, password, 0) > 0 and KSR.pv.get("$au") == user then
		return true
	end
	challenge(REALM, 1)
	return false
end

local function register()
	if not known(KSR.auth.pv_www_authenticate, KSR.auth.www_challenge) then return end
	if KSR.pv.get("$tU") ~= KSR.pv.get("$au") then
		KSR.sl.sl_send_reply(403, "Forbidden")
		return
	end
	KSR.pv.sets("$avp(RECEIVED)", KSR.pv.get("$sut"))
	KSR.registrar.save("location", 0)
end

-- A request inside a call that was let in here.
local function within_call()
	if KSR.htable.sht_is_null("calls", KSR.pv.get("$ci")) > 0 then
		if not KSR.is_ACK() then
			KSR.sl.sl_send_reply(403, "No Such Call")
		end
		return
	end
	local to = unpack_contact()
	if KSR.rr.loose_route() < 0 then
		if not KSR.is_ACK() then
			KSR.sl.sl_send_reply(404, "Not Found")
		elseif KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
		return
	end
	if to and KSR.pv.get("$du") == nil then
		KSR.pv.sets("$du", to)
	end
	pack_contact()
	relay()
end

local function call()
	if not known(KSR.auth.pv_proxy_authenticate, KSR.auth.proxy_challenge) then return end
	if not KSR.is_myself_ruri() then
		KSR.sl.sl_send_reply(403, "Relaying Denied")
		return
	end
	KSR.textops.remove_hf("Proxy-Authorization")
	if KSR.registrar.lookup("location") < 0 then
		KSR.sl.sl_send_reply(404, "Not Found")
		return
	end
	KSR.htable.sht_seti("calls", KSR.pv.get("$ci"), 1)
	KSR.rr.record_route()
	pack_contact()
	relay()
end

function ksr_request_route()
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops")
	elseif KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then
			KSR.tm.t_relay()
		end
	elseif KSR.siputils.has_totag() > 0 then
		within_call()
	elseif KSR.is_REGISTER() then
		register()
	elseif KSR.is_OPTIONS() then
		KSR.sl.sl_send_reply(200, "OK")
	elseif KSR.is_ACK() then
		return 1
	else
		call()
	end
	return 1
end
