-- A relay of MSRP (RFC 4976). Clients ask for a session with AUTH and digest credentials; the
-- module keeps the map from sessions to connections.

local REALM = "myrealm"
local PASSWORD = "xyz123" -- a real relay looks it up by $au

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

-- A SEND is answered here and then passed on; a REPORT gets no reply.
local function pass(method)
	if method ~= "REPORT" then
		KSR.msrp.reply(200, "OK", "")
	end
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
		elseif authenticated() then
			KSR.msrp.cmap_save()
		end
	elseif method == "SEND" or method == "REPORT" then
		if hops > 1 then
			pass(method)
		elseif KSR.msrp.cmap_lookup() > 0 then
			KSR.msrp.relay_flags(1)
			pass(method)
		elseif method ~= "REPORT" then
			KSR.msrp.reply(481, "Session-does-not-exist", "")
		end
	else
		KSR.msrp.reply(501, "Request-method-not-understood", "")
	end
	return 1
end
