local t = require "moonroute.test"

t.case("another status", function()
  t.peer("alice"):invite("sip:nobody@example.test"):expect(486)
end)

t.case("another header", function()
  t.peer("alice"):options("sip:nobody@example.test"):expect(404, {reason = "Not Here", headers = {["X-A"] = "1", Server = false}})
end)

t.case("nothing came", function()
  t.peer("alice"):options("sip:nobody@example.test")
  t.peer("bob"):expect("INVITE")
end)

t.case("another value", function()
  t.equal({1, {b = 2, a = "x"}}, {1, {b = 3, a = "x"}}, "the table")
end)

t.case("a mistake in the routing script", function()
  t.peer("alice"):options("sip:broken@example.test"):expect(500)
end)

t.case("a function called wrongly", function()
  t.peer("alice"):options("sip:misuse@example.test")
end)

t.case("an option that is none", function()
  t.peer("alice"):options("sip:nobody@example.test", {header = {}})
end)

t.case("a mistake in the test", function()
  local nothing = nil
  nothing.field = 1
end)

t.case("a server that cannot start", function()
  t.server{define = {'SCRIPT="missing.lua"'}}
  t.peer("alice")
end)
