function ksr_request_route()
	KSR.sl.send_reply("not found", 404)
	KSR.setflag(nil)
	KSR.info(KSR.is_INVITE())
	KSR.pv.sets("$var(x)", {})
	KSR.setflag("12")
	KSR.info(12)
end
