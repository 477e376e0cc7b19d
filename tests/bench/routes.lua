-- A registrar and proxy, for machines without the script of Debian's kamailio package: what its
-- basic script does for the measured messages, in the same order.

function ksr_request_route()
  first_checks()
  if KSR.is_CANCEL() then
    if KSR.tm.t_check_trans() > 0 then relay() end
    return 1
  end
  if not KSR.is_ACK() then
    if KSR.tmx.t_precheck_trans() > 0 then
      KSR.tm.t_check_trans()
      return 1
    end
    if KSR.tm.t_check_trans() == 0 then return 1 end
  end
  if KSR.siputils.has_totag() > 0 then in_dialog() end

  KSR.hdr.remove("Route")
  if KSR.is_method_in("IS") then KSR.rr.record_route() end
  if KSR.is_INVITE() then KSR.setflag(1) end
  if not KSR.is_myself_ruri() then relay() end
  if KSR.is_REGISTER() then
    if KSR.registrar.save("location", 0) < 0 then KSR.sl.sl_reply_error() end
    KSR.x.exit()
  end
  if KSR.registrar.lookup("location") < 0 then
    KSR.sl.send_reply(404, "Not Found")
    KSR.x.exit()
  end
  relay()
end

function first_checks()
  KSR.force_rport()
  if KSR.maxfwd.process_maxfwd(10) < 0 then
    KSR.sl.sl_send_reply(483, "Too Many Hops")
    KSR.x.exit()
  end
  if KSR.is_OPTIONS() and KSR.is_myself_ruri() and KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(200, "Keepalive")
    KSR.x.exit()
  end
  if KSR.sanity.sanity_check(17895, 7) < 0 then KSR.x.exit() end
end

function in_dialog()
  if KSR.rr.loose_route() > 0 then relay() end
  if KSR.is_ACK() then
    if KSR.tm.t_check_trans() > 0 then relay() end
    KSR.x.exit()
  end
  KSR.sl.sl_send_reply(404, "Not here")
  KSR.x.exit()
end

function relay()
  if KSR.is_method_in("IBSU") and KSR.tm.t_is_set("branch_route") < 0 then KSR.tm.t_on_branch("on_branch") end
  if KSR.is_method_in("ISU") and KSR.tm.t_is_set("onreply_route") < 0 then KSR.tm.t_on_reply("on_reply") end
  if KSR.is_INVITE() and KSR.tm.t_is_set("failure_route") < 0 then KSR.tm.t_on_failure("on_failure") end
  if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
  KSR.x.exit()
end

function on_branch()
  KSR.dbg("branch to " .. KSR.kx.get_ruri() .. "\n")
end

function on_reply()
  KSR.dbg("reply " .. KSR.kx.get_status() .. "\n")
end

function on_failure()
  if KSR.tm.t_is_canceled() > 0 then return 1 end
end

function ksr_reply_route()
  if KSR.sanity.sanity_check(17604, 6) < 0 then KSR.x.drop() end
  return 1
end
