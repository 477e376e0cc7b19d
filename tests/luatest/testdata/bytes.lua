local t = require "moonroute.test"

-- Fails with all that came to the peers: the same seed gives the same bytes.
t.server{sql = "insert into subscriber (username, domain, password) values ('bob', 'example.test', 'secret')"}
t.case("bytes", function()
  local alice, bob = t.peer("alice"), t.peer{name = "bob", password = "secret"}
  bob:register()
  alice:options("sip:chance@example.test"):expect(200)
  alice:options("sip:nobody@example.test"):expect(404)
  local call = alice:invite(bob)
  bob:expect("INVITE"):reply(603)
  call:expect(603)
  local all = {}
  for _, peer in ipairs{alice, bob} do
    for _, m in ipairs(peer:messages()) do all[#all + 1] = m.text end
  end
  t.fail(table.concat(all, "\n"))
end)
