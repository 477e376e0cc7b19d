local mime, ltn12, url = require "mime", require "ltn12", require "socket.url"
say("b64", (mime.b64("Hello, world")), (mime.unb64("SGVsbG8=")))
say("qp", (mime.qp("a=b\r\n")), (mime.unqp("a=3Db")))
local list = {}
say("pump", ltn12.pump.all(ltn12.source.string(("x"):rep(5000)), (ltn12.sink.table(list))), #list, #table.concat(list))
local out = {}
ltn12.pump.all(ltn12.source.chain(ltn12.source.string("Hello"), mime.encode("base64")), (ltn12.sink.table(out)))
say("filter", table.concat(out))
out = {}
ltn12.pump.all(ltn12.source.string("SGVsbG8="), ltn12.sink.chain(mime.decode("base64"), (ltn12.sink.table(out))))
say("sink chain", table.concat(out))
out = {}
ltn12.pump.all(ltn12.source.cat(ltn12.source.string("a"), ltn12.source.empty(), ltn12.source.string("b")), (ltn12.sink.table(out)))
say("cat", table.concat(out))
say("source error", ltn12.pump.all(ltn12.source.error("broken"), ltn12.sink.null()))
say("sink error", ltn12.pump.all(ltn12.source.string("x"), ltn12.sink.error("full")))
for _, text in ipairs { "http://user:pass@example.com:8080/a/b.html;p?q=1&r=2#frag", "sip:alice", "/just/a/path", "//host", "http://[::1]:80/x", "mailto:a@b" } do
	say("parse", url.parse(text))
	say("build", url.build(url.parse(text)))
end
say("absolute", url.absolute("http://a/b/c/d?q", "../g"), url.absolute("http://a/b/c/d", "/x"), url.absolute("http://a/b", "http://c/d"), url.absolute("http://a/b/c", "g?y"))
say("escape", url.escape("a b&c/é"), url.unescape("a%20b%26"))
say("path", url.parse_path("/a/b%20c/"), url.build_path({ "a", "b c", is_absolute = 1 }))
