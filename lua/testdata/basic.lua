-- A routing script in the usual style: checks, dialog requests, registrar, location, relay.
FLAG_ACC = 1
FLAG_MISSED = 2

function ksr_request_route()
	route_checks();
	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then route_relay(); end
		return 1;
	end
	if not KSR.is_ACK() then
		if KSR.tmx.t_precheck_trans() > 0 then
			KSR.tm.t_check_trans();
			return 1;
		end
		if KSR.tm.t_check_trans() == 0 then return 1 end
	end
	route_dialog();
	route_auth();
	KSR.hdr.remove("Route");
	if KSR.is_method_in("IS") then KSR.rr.record_route(); end
	if KSR.is_INVITE() then KSR.setflag(FLAG_ACC); end
	route_out();
	route_registrar();
	if KSR.corex.has_ruri_user() < 0 then
		KSR.sl.sl_send_reply(484, "Address Incomplete");
		return 1;
	end
	route_location();
	return 1;
end

function route_checks()
	KSR.set_reply_no_connect();
	KSR.force_rport();
	if not KSR.is_myself_srcip() then
		local from = KSR.kx.get_srcip();
		if KSR.htable.sht_match_name("ipban", "eq", from) > 0 then
			KSR.dbg("blocked: " .. KSR.kx.get_method() .. " from " .. from .. "\n");
			KSR.x.exit();
		end
		if KSR.pike.pike_check_req() < 0 then
			KSR.err("flood from " .. from .. "\n");
			KSR.x.exit();
		end
	end
	local agent = KSR.kx.gete_ua();
	if string.find(agent, "friendly") or string.find(agent, "scanner")
			or string.find(agent, "sipcli") or string.find(agent, "sipvicious") then
		KSR.sl.sl_send_reply(200, "OK");
		KSR.x.exit();
	end
	if KSR.maxfwd.process_maxfwd(10) < 0 then
		KSR.sl.sl_send_reply(483, "Too Many Hops");
		KSR.x.exit();
	end
	if KSR.is_OPTIONS() and KSR.is_myself_ruri() and KSR.corex.has_ruri_user() < 0 then
		KSR.sl.sl_send_reply(200, "Keepalive");
		KSR.x.exit();
	end
	if KSR.sanity.sanity_check(17895, 7) < 0 then
		KSR.err("malformed message from " .. KSR.kx.get_srcip() .. "\n");
		KSR.x.exit();
	end
end

function route_dialog()
	if KSR.siputils.has_totag() < 0 then return 1; end
	if KSR.rr.loose_route() > 0 then
		route_relay();
	end
	KSR.sl.sl_send_reply(404, "Not here");
	KSR.x.exit();
end

function route_auth()
	if not KSR.auth then return 1; end
	KSR.auth.auth_challenge(KSR.kx.gete_fhost(), 0);
	KSR.x.exit();
end

function route_out()
	if KSR.is_myself_ruri() then return 1; end
	KSR.hdr.append("P-Hint: outbound\r\n");
	route_relay();
end

function route_registrar()
	if not KSR.is_REGISTER() then return 1; end
	if KSR.registrar.save("location", 0) < 0 then KSR.sl.sl_reply_error(); end
	KSR.x.exit();
end

function route_location()
	local rc = KSR.registrar.lookup("location");
	if rc < 0 then
		KSR.tm.t_newtran();
		KSR.sl.send_reply(404, "Not Found");
		KSR.x.exit();
	end
	if KSR.is_INVITE() then KSR.setflag(FLAG_MISSED); end
	route_relay();
end

function route_relay()
	if KSR.is_method_in("IBSU") then
		if KSR.tm.t_is_set("branch_route") < 0 then KSR.tm.t_on_branch("branch_manage"); end
	end
	if KSR.is_method_in("ISU") then
		if KSR.tm.t_is_set("onreply_route") < 0 then KSR.tm.t_on_reply("reply_manage"); end
	end
	if KSR.is_INVITE() then
		if KSR.tm.t_is_set("failure_route") < 0 then KSR.tm.t_on_failure("failure_manage"); end
	end
	if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error(); end
	KSR.x.exit();
end

function branch_manage() KSR.dbg("a branch leaves\n") end

function reply_manage() KSR.dbg("a reply came\n") end

function failure_manage()
	if KSR.tm.t_is_canceled() > 0 then return end
	KSR.dbg("all branches have failed\n")
end
