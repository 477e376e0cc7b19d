local t = require "moonroute.test"

t.server{debug = 2} -- the script tells the log what it does

t.case("the answers", function()
  local alice = t.peer("alice")
  alice:message("sip:bob@example.test", "hi"):expect(699, {reason = "I don't want to chat with you"})
  alice:message("sip:a@example.test", "hi"):expect(409)
  alice:request("REGISTER", "sip:example.test"):expect(200)
end)

t.case("a repeated request gets the same answer, and is served once", function()
  local alice = t.peer("alice")
  local call = alice:message("sip:bob@example.test", "hi")
  call:expect(699)
  for _ = 1, 2 do alice:send(call.request.text) end
  t.equal(#alice:messages(), 3)
  t.equal(alice:messages()[3].text, alice:messages()[1].text)
  t.equal(#t.log:lines("new transaction"), 1)

  t.advance("6s") -- the transaction is over
  alice:send(call.request.text)
  t.equal(#t.log:lines("new transaction"), 2)
end)
