limit = 10

function ksr_request_route()
	user = KSR.pv.getw("$rU")
	if user == "bob" then
		user = "alice"
	end
	limit = 20
	local n
	n = 1
	for i = 1, n do
		total = i
	end
end
