local t = require "moonroute.test"

t.server{sql = {"insert into subscriber (username, domain, password) values ('bob', 'example.test', 'secret')"}}

local function registered()
  local bob = t.peer{name = "bob", password = "secret"}
  bob:register()
  return bob
end

t.case("digest: a challenge is answered by itself, a wrong password is refused", function()
  registered()
  t.peer{name = "mallory", user = "bob", password = "guess"}:register{expect = 401}
end)

t.case("bindings are in the database that stands in", function()
  local bob = registered()
  local rows = t.sql("select username, contact from location")
  t.equal(#rows, 1)
  t.equal(rows[1].contact, bob.contact)
  t.equal(t.sql("delete from location where username = ?", "bob"), 1)
end)

t.case("the script reads what the test has written", function()
  t.sql("create table notes (name text, value text)")
  t.sql("insert into notes values (?, ?)", "greeting", "hello")
  t.peer("alice"):options("sip:query@example.test"):expect(200, {reason = "hello"})
end)

t.case("a busy callee's voicemail", function()
  local bob, alice, box = registered(), t.peer("alice"), t.peer("box", "10.0.9.9")
  local call = alice:invite(bob)
  bob:expect("INVITE"):reply(486)
  local at_box = box:expect("INVITE", {uri = "sip:box@10.0.9.9:5060"})
  at_box:reply(200)
  call:expect(200)
  call:ack()
  box:expect("ACK")
  t.equal(call:routes(), {"ksr_request_route", "on_failure"})
  t.equal(call:avp("who"), "voicemail")
  t.equal(call:xavp("call=>kind"), "test")
  t.equal(call:pv("$rU", "ksr_request_route"), "bob")
  t.ok(call:flag(4) and not call:flag(5))
  t.equal(t.pv("$sht(seen=>alice)"), "ACK")
end)

t.case("a re-INVITE, from both sides", function()
  local bob, alice = registered(), t.peer("alice")
  local call = alice:invite(bob)
  local at_bob = bob:expect("INVITE")
  at_bob:reply(200)
  call:expect(200)
  call:ack()
  bob:expect("ACK")
  local again = call:ask("INVITE", {headers = {Subject = "again"}})
  local re = bob:expect("INVITE", {headers = {Subject = "again"}})
  re:reply(488)
  again:expect(488)
  t.ok(re.acked)
  local info = at_bob:ask("INFO", {body = "x", content_type = "text/x"})
  alice:expect("INFO", {body = "x"}):reply(200)
  info:expect(200)
end)

t.case("over TCP, with a connection that breaks", function()
  local alice = t.peer("alice", "tcp")
  alice:options("sip:nobody@example.test"):expect(404)
  alice:disconnect()
  alice:options("sip:nobody@example.test"):expect(404)
end)

t.case("requests are repeated until somebody answers", function()
  local bob, alice = registered(), t.peer("alice")
  local call = alice:invite(bob)
  local at_bob = bob:expect("INVITE")
  t.advance("3500ms")
  t.equal(at_bob.repeats, 3)
  bob:expect_nothing()
  at_bob:reply(200)
  call:expect(200)
end)

t.case("timers of modules", function()
  local alice = t.peer("alice")
  alice:options("sip:nobody@example.test"):expect(404)
  t.equal(t.htable("seen"):get("alice"), "OPTIONS")
  t.equal(t.htable("seen"):all(), {alice = "OPTIONS"})
  t.advance("1m")
  t.equal(t.htable("seen"):get("alice"), nil)
  t.equal(t.htable("ticks"):get("n"), 6)
  t.htable("ticks"):set("n", 100)
  t.advance(10)
  t.equal(t.htable("ticks"):get("n"), 101)
  t.equal(t.elapsed(), 70)
end)

t.case("who sleeps, sleeps by the test's clock", function()
  local slow = t.peer("alice"):options("sip:slow@example.test")
  t.peer("carol"):options("sip:nobody@example.test"):expect(404)
  t.advance("4999ms")
  slow:expect_nothing()
  slow:expect(200, {within = "1s", reason = "slept"})
  t.equal(t.elapsed(), 5)
end)

t.case("the time of the script is the test's", function()
  t.server{start = "2026-03-01 10:00:00"}
  local alice = t.peer("alice")
  local begin = t.time()
  t.advance("90s")
  local reply = alice:options("sip:time@example.test"):expect(200)
  t.match(reply.reason, "2026-*:*:* " .. begin + 90)
end)

t.case("names come from a table", function()
  t.dns{["far.example"] = "10.3.0.1", ["none.example"] = {}}
  local far, alice = t.peer("far", "10.3.0.1"), t.peer("alice")
  local call = alice:message("sip:dns@far.example", "hi")
  far:expect("MESSAGE"):reply(200)
  call:expect(200)
  alice:message("sip:dns@none.example", "hi"):expect("4xx")

  t.dns{
    ["srv.example"] = {naptr = {{order = 1, preference = 1, flags = "s", services = "SIP+D2T", replacement = "_sip._tcp.srv.example"}}},
    ["_sip._tcp.srv.example"] = {srv = {{priority = 1, port = 5070, target = "a.srv.example"}}},
    ["a.srv.example"] = "10.3.0.2",
  }
  local srv = t.peer("srv", "tcp:10.3.0.2:5070")
  alice:message("sip:dns@srv.example", "hi")
  srv:expect("MESSAGE")
end)

t.case("web servers answer from a table", function()
  t.http{
    ["http://numbers.example.test/*"] = {status = 404, body = "unknown"},
    ["GET http://numbers.example.test/alice"] = "12",
    ["GET http://numbers.example.test/carol"] = function(request) return {body = request.method .. " " .. #request.url} end,
  }
  t.peer("alice"):options("sip:web@example.test"):expect(200, {reason = "200 12"})
  t.peer("bob"):options("sip:web@example.test"):expect(200, {reason = "404 unknown"})
  t.peer("carol"):options("sip:web@example.test"):expect(200, {reason = "200 GET 33"})
  t.equal(#t.http_requests(), 3)
  t.equal(t.http_requests()[2].url, "http://numbers.example.test/bob")
end)

t.case("libraries and suspended requests ask the same table", function()
  t.dns{["numbers.example.test"] = "10.7.0.1"}
  t.http{["http://numbers.example.test/alice"] = "12"}
  t.peer("alice"):options("sip:library@example.test"):expect(200, {reason = "200 12 10.7.0.1"})
  t.peer("alice"):options("sip:async@example.test"):expect(200, {reason = "http_async_client:callback 200 12"})
end)

t.case("ipops asks the names of the test", function()
  t.dns{["numbers.example.test"] = {"10.7.0.1"}}
  t.peer("alice"):options("sip:names@example.test"):expect(200, {reason = "1 10.7.0.1 -4"})
end)

t.case("a message as it is typed", function()
  local alice = t.peer("alice")
  alice:send[[
OPTIONS sip:log@example.test SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtyped
From: <sip:alice@example.test>;tag=1
To: <sip:log@example.test>
Call-ID: typed
CSeq: 7 OPTIONS
]]:expect(200):equals[[
SIP/2.0 200 OK
Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtyped
From: <sip:alice@example.test>;tag=1
To: <sip:log@example.test>;tag=*
Call-ID: typed
CSeq: 7 OPTIONS
Server: *
Content-Length: 0

]]
  t.log:expect("only a remark")
end)

t.case("mistakes of the script that a test expects", function()
  t.peer("alice"):options("sip:broken@example.test"):expect(500)
  t.match(t.errors()[1], "error in ksr_request_route: *helper.lua:*")
end)

t.case("commands, and a reload", function()
  t.match(t.rpc("core.version"), "*moonroute*")
  local _, reason = t.rpc("no.such")
  t.match(reason, "*")
  t.reload()
  t.peer("alice"):options("sip:nobody@example.test"):expect(404)
end)

t.case("pcall sees a failure", function()
  local alice = t.peer("alice")
  local ok, err = pcall(alice.expect, alice, "INVITE")
  t.ok(not ok)
  t.match(tostring(err):match("[^\n]+"), "alice got no INVITE")
end)

t.case("left out", function() t.skip("for a reason") end)
