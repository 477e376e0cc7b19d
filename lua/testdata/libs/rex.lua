local rex = require "rex_pcre"
say("match", rex.match("sip:alice@example.com", "^sip:([^@]+)@(.*)$"))
say("whole", rex.match("abc123", "[0-9]+"))
say("none", rex.match("abc", "[0-9]+"))
say("find", rex.find("abc123def", "([0-9])([0-9]+)"))
say("find init", rex.find("a1b2", "[0-9]", 3))
say("find negative", rex.find("a1b2", "[0-9]", -1))
say("flags", rex.match("ALICE", "alice", 1, "i"), rex.match("ALICE", "alice", 1, rex.flags().CASELESS))
say("optional", rex.match("b", "(a)?(b)"))
for a, b in rex.gmatch("k=v;x=y", "(\\w)=(\\w)") do say("gmatch", a, b) end
for w in rex.gmatch("one two", "\\w+") do say("gmatch", w) end
say("gsub", rex.gsub("hello world", "o", "0"))
say("gsub n", rex.gsub("hello world", "o", "0", 1))
say("gsub groups", rex.gsub("alice@example", "(\\w+)@(\\w+)", "%2 at %1 %0 %%"))
say("gsub function", rex.gsub("a1b2", "[0-9]", function(d) if d == "1" then return "<" .. d .. ">" end end))
say("gsub table", rex.gsub("$a $b", "\\$(\\w)", { a = "x" }))
say("gsub empty", rex.gsub("abc", "x*", "-"))
for part, sep in rex.split("a, b;c", "([,;])\\s*") do say("split", part, sep) end
for part in rex.split("abc", "x") do say("split", part) end
say("count", rex.count("banana", "a"))
local re = rex.new("(b)(x)?(c)", "i")
say("exec", re:exec("aBCd"))
say("tfind", re:tfind("aBCd"))
say("method", re:match("abc"), re:find("abc"))
say("error", (pcall(rex.new, "(")))
say("lookahead", rex.match("foobar", "foo(?=bar)"), rex.match("a.b", "a\\.b"))
say("bytes", rex.match("é", "^..$"))
