function ksr_request_route()
	local user = KSR.pv.get("$rUU")
	KSR.pv.sets("$var(x", user)
	KSR.info(KSR.pv.getw("$(ru{uri.usr})"))
end
