local t = require "moonroute.test"

t.case("a message waits for its user", function()
  local alice, bob = t.peer("alice"), t.peer("bob")
  alice:message(bob, "are you there?"):expect(202)
  bob:expect_nothing()
  bob:register()
  bob:expect("MESSAGE", {body = "*are you there?"}):reply(200)
end)
