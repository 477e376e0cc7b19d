local t = require "moonroute.test"

t.case("a loop in the test", function()
  while true do end
end)

t.case("a loop in the routing script", function()
  t.peer("alice"):options("sip:endless@example.test"):expect(500)
end)

t.case("a program that does not come back", function()
  t.ok(true)
  os.execute("until test -e " .. os.getenv("TEST_OVER") .. "; do sleep 0.1; done; rm " .. os.getenv("TEST_OVER"))
end)
