function ksr_request_route()
	if KSR.kx.gete_ruser() == "bob" then return end
	KSR.registrar.lookup("location")
	KSR.nosuch.thing()
	KSR.txtops.is_privacy("id")
end
