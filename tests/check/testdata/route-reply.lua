function ksr_request_route()
	KSR.tm.t_on_reply("on_reply")
	KSR.tm.t_relay()
end

function on_reply()
	if KSR.tm.t_check_status("486") > 0 then
		KSR.tm.t_reply(480, "Later")
	end
end

function ksr_reply_route()
	KSR.sl.send_reply(200, "OK")
	pcall(function() KSR.tm.t_relay() end)
end
