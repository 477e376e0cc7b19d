-- A relay of MSRP (RFC 4976). Clients ask for a session with AUTH; who they are comes from their
-- digest credentials, where they are is kept in the hash table "msrp".

local REALM = "myrealm"
local PASSWORD = "xyz123" -- a real relay looks it up by $au
local MIN_EXPIRES, MAX_EXPIRES = 1800, 3600 -- kamailio.cfg has the same maximum

local count = 0

function ksr_request_route()
	KSR.sl.sl_send_reply(403, "No SIP Here")
end

function ksr_reply_route()
	KSR.set_drop()
end

-- The credentials of an AUTH are those of a web server: 401 and WWW-Authenticate.
local function authenticated()
	if KSR.auth.pv_www_authenticate_method(REALM, PASSWORD, 0, "AUTH") > 0 then
		return true
	end
	if KSR.auth.auth_get_www_authenticate(REALM, 1, "$var(wauth)") > 0 then
		KSR.msrp.reply(401, "Unauthorized", KSR.pv.get("$var(wauth)"))
	else
		KSR.msrp.reply(500, "Server Error", "")
	end
	return false
end

-- How long the session may last: nil if the client asks for what is not granted.
local function expires()
	local asked = KSR.pv.get("$hdr(Expires)")
	if asked == nil then
		return MAX_EXPIRES
	end
	asked = tonumber(asked) or 0
	if asked < MIN_EXPIRES then
		KSR.msrp.reply(423, "Interval Out-of-Bounds", "Min-Expires: " .. MIN_EXPIRES .. "\r\n")
		return nil
	elseif asked > MAX_EXPIRES then
		KSR.msrp.reply(423, "Interval Out-of-Bounds", "Max-Expires: " .. MAX_EXPIRES .. "\r\n")
		return nil
	end
	return asked
end

local function grant()
	local seconds = authenticated() and expires()
	if not seconds then
		return
	end
	count = count + 1
	local session = "s." .. KSR.pv.get("$pp") .. "." .. count .. "." .. KSR.pv.get("$RANDOM")
	KSR.htable.sht_setxs("msrp", session .. "::srcaddr", KSR.pv.get("$msrp(srcaddr)"), seconds + 5)
	KSR.htable.sht_setxs("msrp", session .. "::srcsock", KSR.pv.get("$msrp(srcsock)"), seconds + 5)
	KSR.msrp.reply(200, "OK", "Use-Path: msrp://127.0.0.1:" .. KSR.pv.get("$Rp") .. "/" .. session .. ";tcp\r\n"
		.. "Expires: " .. seconds .. "\r\n")
end

-- To the client of a session, over the connection that it opened.
local function deliver(method)
	local session = KSR.pv.gete("$msrp(sessid)")
	local address = KSR.htable.sht_get("msrp", session .. "::srcaddr")
	if address == nil then
		if method ~= "REPORT" then
			KSR.msrp.reply(481, "Session-does-not-exist", "")
		end
		return
	end
	if method ~= "REPORT" then
		KSR.msrp.reply(200, "OK", "")
	end
	KSR.msrp.relay_flags(1)
	KSR.msrp.set_dst(address, KSR.htable.sht_get("msrp", session .. "::srcsock"))
	KSR.msrp.relay()
end

function ksr_msrp_event(evname)
	KSR.msrp.reply_flags(1)
	if KSR.msrp.is_reply() > 0 then
		KSR.msrp.relay()
		return 1
	end
	local method = KSR.pv.get("$msrp(method)")
	local hops = KSR.pv.get("$msrp(nexthops)")
	if method == "AUTH" then
		if hops > 0 then
			KSR.msrp.relay()
		else
			grant()
		end
	elseif method == "SEND" or method == "REPORT" then
		if hops > 1 then
			if method ~= "REPORT" then
				KSR.msrp.reply(200, "OK", "")
			end
			KSR.msrp.relay()
		else
			deliver(method)
		end
	else
		KSR.msrp.reply(501, "Request-method-not-understood", "")
	end
	return 1
end
