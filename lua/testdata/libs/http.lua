local http, ltn12 = require "socket.http", require "ltn12"
http.USERAGENT = "moon"
local function headers(h) return h["content-type"], h["x-method"], h["x-body"], h["x-agent"] end
local body, code, h, status = http.request(URL .. "/plain?a=1")
say("get", body, code, status, headers(h))
body, code, h = http.request(URL .. "/plain", "a=b")
say("post", body, code, headers(h))
local out = {}
local ok
ok, code, h, status = http.request { url = URL .. "/x", method = "PUT", headers = { ["content-length"] = 5, ["content-type"] = "text/plain" },
	source = ltn12.source.string("12345"), sink = ltn12.sink.table(out) }
say("put", ok, code, status, table.concat(out), headers(h))
say("not found", (select(2, http.request(URL .. "/missing"))))
say("redirect", (http.request(URL .. "/redirect")))
say("post redirect", (select(2, http.request(URL .. "/redirect", "a=b"))))
ok, code, h, status = http.request { url = URL .. "/redirect", redirect = false }
say("no redirect", ok, code, h.location, status)
say("refused", http.request("http://127.0.0.1:1/"))
http.TIMEOUT = 0.05
say("timeout", http.request(URL .. "/hang"))
