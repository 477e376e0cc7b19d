local t = require "moonroute.test"

t.case("a caller is told where to try", function()
  local alice = t.peer("alice")
  alice:invite("sip:bob@example.test"):expect(300, {
    reason = "Redirect",
    headers = {Contact = "<sip:office@pbx.example.test:5080>, <sip:mobile@gateway.example.test>"},
  })
  alice:request("REGISTER", "sip:example.test"):expect(200)
end)
