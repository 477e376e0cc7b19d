local t = require "moonroute.test"

t.server{shared = true}
local order = {}
t.before(function() order[#order + 1] = "before" end)
t.after(function() order[#order + 1] = "after" end)

local alice

t.case("the first case starts the server", function()
  alice = t.peer("alice")
  alice:options("sip:nobody@example.test"):expect(404)
  t.advance("20s")
end)

t.case("the second finds its traces", function()
  t.equal(order, {"before", "after", "before"})
  t.equal(t.elapsed(), 20)
  t.equal(t.htable("seen"):get("alice"), "OPTIONS")
  alice:options("sip:nobody@example.test"):expect(404)
end)
