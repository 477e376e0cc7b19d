local t = require "moonroute.test"

-- The digest of alice:example.test:wonderland.
t.server{sql = "insert into subscriber (username, domain, ha1) values ('alice', 'example.test', 'c3436a6e569a0110423c5cab51b74106')"}

t.case("what this server accepts, the other one gets too", function()
  local alice, other = t.peer{name = "alice", password = "wonderland"}, t.peer("other", "127.0.0.2:5060")
  alice:register()
  local copy = other:expect("REGISTER", {headers = {Contact = "<" .. alice.contact .. ">", Authorization = "Digest *"}})
  copy:reply(200)
  t.equal(t.location(alice)[1].uri, alice.contact)
end)

t.case("what is refused goes nowhere", function()
  local mallory, other = t.peer{name = "mallory", user = "alice", password = "guess"}, t.peer("other", "127.0.0.2:5060")
  mallory:register{expect = 401}
  other:expect_nothing()
end)

t.case("what the other server sends is not sent back", function()
  local other = t.peer{name = "other", address = "127.0.0.2:5060", user = "alice", password = "wonderland"}
  other:register()
  other:expect_nothing()
end)
