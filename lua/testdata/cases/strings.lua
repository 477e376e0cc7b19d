-- The string library, against the answers of Lua 5.1.
function ksr_request_route()
	say(string.find("friendly-scanner", "scanner"), string.find("abc", "b", 1, true), string.find("abc", "")) --> 10 2 1 0
	say(string.find("a.b", ".", 1, true), (string.find("a.b", "%."))) --> 2 2
	say(string.find("abc", "c", -1), string.find("abc", "a", 2), string.find("abc", "x")) --> 3 nil nil
	say(string.find("key=value", "(%w+)=(%w+)")) --> 1 9 key value
	say(string.match("sip:alice@example.com:5060", "^sip:([^@]+)@([^:]+):?(%d*)$")) --> alice example.com 5060
	say(string.match("  trim  ", "^%s*(.-)%s*$") .. "|") --> trim|
	say(string.match("hello", "()ll()")) --> 3 5
	say(string.match("[[x]]", "%b[]"), string.match("f(a(b)c)d", "%b()")) --> [[x]] (a(b)c)
	say(string.match("THE (quick) fox", "%f[%a]%a+%f[%A]")) --> THE
	say(string.match("abcabc", "(abc)%1"), string.match("x", "y"), string.match("2026-01-02", "%d+", 6)) --> abc nil 01
	say(string.match("a-b_c", "[%w_-]+"), string.match("x]y", "[]]"), string.match("x^y", "[x^]+"), string.match("0x1F", "%x+$")) --> a-b_c ] x^ 1F
	say(string.gsub("hello world", "o", "0"), (string.gsub("abc", "%w", "%0%0", 2))) --> hell0 w0rld aabbc
	say(string.gsub("hello world", "(%w+) (%w+)", "%2 %1")) --> world hello 1
	say((string.gsub("$name is $age", "%$(%w+)", {name = "Bob", age = 7}))) --> Bob is 7
	say((string.gsub("a,b,,c", ",", function(c) return nil end)), (string.gsub("abc", "", "-"))) --> a,b,,c -a-b-c-
	say((string.gsub("abc", "b", function() return string.find("zzz", "z") end))) --> a1c
	say((string.gsub("x", "x", "%%")), string.gsub("", "x", "y")) --> %  0
	local words = {}
	for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do words[#words + 1] = k .. v end
	for w in ("one two"):gmatch("%a+") do words[#words + 1] = w end
	say(table.concat(words, ",")) --> a1,b2,one,two
	say(pcall(string.find, "a", "[a")) --> false testdata/cases/strings.lua:24: malformed pattern (missing ']')
	say((select(2, pcall(string.match, "a", "%")))) --> testdata/cases/strings.lua:25: malformed pattern (ends with '%')
	say(string.format("%5d|%-5d|%05d|%+d|%x|%X|%o|%c", 42, 42, 42, 42, 255, 255, 8, 65)) -->    42|42   |00042|+42|ff|FF|10|A
	say(string.format("%.2f|%8.3f|%e|%g|%g|%g", 3.14159, 2.5, 12345.678, 0.1, 1e20, 100)) --> 3.14|   2.500|1.234568e+04|0.1|1e+20|100
	say(string.format("%s|%10s|%-10s|%.2s|%q|%%", "x", "right", "left", "cut", 'a"b\n')) --> x|     right|left      |cu|"a\"b\
	--> "|%
	say(string.format("%s %s %s", nil, true, 1.5), string.format("%d", "10"), string.format("%i", -3.7)) --> nil true 1.5 10 -3
	say(pcall(string.format, "%d")) --> false testdata/cases/strings.lua:31: bad argument #2 to (anonymous) (number expected, got nil)
	say(string.rep("ab", 3), string.rep("x", 0), string.rep("x", -1) == "") --> ababab  true
	say(("ÄBC"):lower(), ("äbc"):upper(), ("abc"):sub(2), ("abc"):sub(-2, -2), ("abc"):sub(0), ("abc"):sub(4), ("abc"):sub(2, 10)) --> Äbc äBC bc b abc  bc
	say(("abc"):byte(2), ("x"):len(), ("abc"):reverse(), string.char(72, 105)) --> 98 1 cba Hi
	local t = {3, 1, 2}
	table.sort(t)
	say(table.concat(t, ","), table.concat({}, ","), table.concat({1, 2, 3}, "-", 2, 3)) --> 1,2,3  2-3
	table.sort(t, function(a, b) return a > b end)
	say(unpack(t)) --> 3 2 1
	say((pcall(table.sort, {1, "x"})), (pcall(table.concat, {{}}))) --> false false
	say(tostring(1e15), tostring(0.1), tostring(-7), tostring(2^53), 10 / 2) --> 1e+15 0.1 -7 9.007199254741e+15 5
end
