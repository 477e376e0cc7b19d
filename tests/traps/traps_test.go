// Package traps tests what real KEMI scripts rely on without knowing, each on a whole server
// with a request from outside.
package traps

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/tests/inproc"
)

const config = `#!KAMAILIO
debug=2
listen=udp:10.0.0.1:5060
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "kemix.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// start runs a script on a network in memory, with one shard so that there is one Lua state.
func start(t *testing.T, script string, more ...inproc.File) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{
		Config: config, Files: append(more, inproc.File{Name: "routes.lua", Text: script}), Net: new(fakenet.Pipes), Shards: 1,
	})
}

// answers are scripts whose answer shows what the script saw: the body of ksr_request_route
// returns it, and it becomes the reason phrase of a 200.
var answers = []struct{ name, body, want string }{
	{"an integer is truthy even when negative",
		`if not KSR.siputils.has_totag() then return "falsy" end return "truthy " .. KSR.siputils.has_totag()`, "truthy -1"},
	{"a check that fails is truthy too", `if KSR.tm.t_check_trans() then return "truthy" end`, "truthy"},
	{"a bool is a bool", `return tostring(KSR.is_OPTIONS()) .. " " .. tostring(KSR.is_INVITE())`, "true false"},
	{"a function without result gives false", `return tostring(KSR.info("text"))`, "false"},

	{"too few arguments give false", `return tostring(KSR.siputils.is_uri()) .. ", and on"`, "false, and on"},
	{"an argument to a function without parameters gives false", `return tostring(KSR.siputils.has_totag(1)) .. ", and on"`, "false, and on"},
	{"further arguments are ignored", `return tostring(KSR.pv.get("$rm", 1, 2))`, "OPTIONS"},

	{"a text for a number", `KSR.sl.sl_send_reply("404", "by text")`, "404 by text"},
	{"a number for a text", `KSR.pv.sets("$var(x)", 12) return KSR.pv.get("$var(x)") .. "!"`, "12!"},

	{"absence of a module", `if not KSR.auth and KSR.sl and KSR ~= nil then return "absent" end`, "absent"},
	{"absence of a function", `if not KSR.sl.no_such then return "absent" end`, "absent"},

	{"exit inside pcall is swallowed", `local ok = pcall(KSR.x.exit) return "on after " .. tostring(ok)`, "on after false"},
	{"exit is a Lua error", `local _, err = pcall(KSR.x.exit) return tostring(err)`, "~~ksr~exit~~"},
	{"exit ends the route", `KSR.sl.sl_send_reply(202, "first") KSR.x.exit() KSR.sl.sl_send_reply(500, "second")`, "202 first"},
	{"KSR can be wrapped", `local K = setmetatable({}, {__index = KSR}) return tostring(K.is_OPTIONS()) .. K.pv.get("$rm")`, "trueOPTIONS"},
	{"KSR functions can be replaced", `local log, seen = KSR.log, "" KSR.log = function(l, m) seen = m end KSR.log("info", "kept") KSR.log = log return seen`, "kept"},

	{"a script finds itself", `return (debug.getinfo(1).source:gsub("^@.*/", ""))`, "routes.lua"},
	{"arg inside varargs", `local function f(...) return arg.n .. arg[2] end return f("a", "b")`, "2b"},
	{"unpack is global", `return table.concat({unpack({"a", "b"})})`, "ab"},
	{"cjson is there", `return require("cjson").decode('{"a":[1,2]}').a[2] .. type(require("cjson.safe").encode)`, "2function"},
	{"base64 is there", `local b = require("base64") return b.decode(b.encode("a b"))`, "a b"},
	{"posix.syslog writes to the server's log", `local s = require("posix.syslog") s.openlog("x") s.syslog(s.LOG_ERR, "text") return "written"`, "written"},
	{"a library in C says why it is missing", `return (select(2, pcall(require, "lpeg")):match("written in C"))`, "written in C"},
	{"os.exit does not end the server", `pcall(os.exit, 1) return "alive"`, "alive"},
}

func TestAnswers(t *testing.T) {
	for _, c := range answers {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, "local function route() "+c.body+" end\n"+
					`function ksr_request_route() local r = route() if r then KSR.sl.sl_send_reply(200, r) end end`)
				got := inproc.StartLine(s.Peer("10.0.0.2:5060").Ask("OPTIONS", "sip:10.0.0.1"))
				if !strings.HasSuffix(got, " "+c.want) {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestMissingName: a name that does not exist warns at start, and fails only the route that gets there.
func TestMissingName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
function ksr_request_route()
	if KSR.is_INVITE() then
		KSR.inof("typing mistake")
	end
	KSR.sl.sl_send_reply(200, "OK")
end`)
		if !regexp.MustCompile(`WARNING: .*routes\.lua:4:.*inof`).MatchString(s.Log()) {
			t.Errorf("no warning at start that names the line:\n%s", s.Log())
		}
		peer := s.Peer("10.0.0.2:5060")
		peer.Send(peer.Request("OPTIONS", "sip:10.0.0.1"))
		peer.Expect("200 OK")
		peer.Send(peer.Request("INVITE", "sip:10.0.0.1"))
		synctest.Wait()
		if !regexp.MustCompile(`ERROR: .*routes\.lua:4:.*no function KSR\.inof`).MatchString(s.Log()) {
			t.Errorf("no error that names the line and the function:\n%s", s.Log())
		}
		if found := s.CheckScripts(); len(found) != 1 || found[0].Line != 4 || !strings.Contains(found[0].Hint, "info") {
			t.Errorf("the check finds %v", found)
		}
	})
}

// TestFewArgumentsAreLogged: the error names module, function and script line.
func TestFewArgumentsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, "function ksr_request_route()\n\tKSR.siputils.is_uri()\n\tKSR.sl.sl_send_reply(200, \"OK\")\nend")
		s.Peer("10.0.0.2:5060").Ask("OPTIONS", "sip:10.0.0.1")
		if !regexp.MustCompile(`ERROR: .*(siputils\.is_uri.*routes\.lua:2|routes\.lua:2.*siputils\.is_uri)`).MatchString(s.Log()) {
			t.Errorf("the log says:\n%s", s.Log())
		}
	})
}

// TestCallbacksThatNameNoFunction: the transaction goes on as if nothing had been armed.
func TestCallbacksThatNameNoFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
function ksr_request_route()
	if KSR.is_ACK() then return end
	KSR.tm.t_on_failure("no_failure")
	KSR.tm.t_on_branch("no_branch")
	KSR.tm.t_on_reply("no_reply")
	KSR.seturi("sip:callee@10.0.0.3")
	KSR.tm.t_relay()
end`)
		caller, callee := s.Peer("10.0.0.2:5060"), s.Peer("10.0.0.3:5060")
		caller.Send(caller.Request("INVITE", "sip:10.0.0.1"))
		caller.Expect("100 ")
		callee.Send(inproc.Reply(callee.Expect("INVITE"), 486, "Busy Here"))
		caller.Expect("486 Busy Here")
		for _, name := range []string{"no_failure", "no_branch", "no_reply"} {
			if !strings.Contains(s.Log(), name) {
				t.Errorf("the log does not say that %s is missing", name)
			}
		}
	})
}

// TestStatusCheckIsTruthy: t_check_status gives an integer in a failure route.
func TestStatusCheckIsTruthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
function failed()
	if KSR.tm.t_check_status("401") then KSR.info("truthy " .. KSR.tm.t_check_status("401") .. " " .. KSR.tm.t_check_status("486")) end
end
function ksr_request_route()
	if KSR.is_ACK() then return end
	KSR.tm.t_on_failure("failed")
	KSR.seturi("sip:callee@10.0.0.3")
	KSR.tm.t_relay()
end`)
		caller, callee := s.Peer("10.0.0.2:5060"), s.Peer("10.0.0.3:5060")
		caller.Send(caller.Request("INVITE", "sip:10.0.0.1"))
		callee.Send(inproc.Reply(callee.Expect("INVITE"), 486, "Busy Here"))
		synctest.Wait()
		if !strings.Contains(s.Log(), "truthy -1 1") {
			t.Errorf("the log says:\n%s", s.Log())
		}
	})
}

// TestGlobalsLive: globals belong to the Lua state and outlive the request, accidental ones too.
func TestGlobalsLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
local cache = {}
function ksr_request_route()
	count = (count or 0) + 1
	cache[#cache + 1] = count
	KSR.sl.sl_send_reply(200, "seen " .. #cache)
end`)
		peer := s.Peer("10.0.0.2:5060")
		for _, want := range []string{"seen 1", "seen 2", "seen 3"} {
			if got := inproc.StartLine(peer.Ask("OPTIONS", "sip:10.0.0.1")); !strings.HasSuffix(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
}

// TestLogTexts: $variables expand in KSR.xlog only, and a line end in a text makes no empty line.
func TestLogTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
function ksr_request_route()
	KSR.info("plain $rm\n")
	KSR.xlog.xinfo("expanded $rm\n")
	KSR.sl.sl_send_reply(200, "OK")
end`)
		s.Peer("10.0.0.2:5060").Ask("OPTIONS", "sip:10.0.0.1")
		log := s.Log()
		if !strings.Contains(log, "plain $rm\n") || !strings.Contains(log, "expanded OPTIONS\n") || strings.Contains(log, "\n\n") {
			t.Errorf("the log says:\n%s", log)
		}
	})
}

// TestFiles: scripts extend package.path beside themselves, and clear package.loaded to read a file anew.
func TestFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
local here = debug.getinfo(1).source:match("^@(.*/)")
package.path = here .. "?.lua;" .. package.path
function ksr_request_route()
	package.loaded["numbers"] = nil
	KSR.sl.sl_send_reply(200, "loaded " .. require("numbers").next())
end`, inproc.File{Name: "numbers.lua", Text: `loads = (loads or 0) + 1 return {next = function() return loads end}`})
		peer := s.Peer("10.0.0.2:5060")
		for _, want := range []string{"loaded 1", "loaded 2"} {
			if got := inproc.StartLine(peer.Ask("OPTIONS", "sip:10.0.0.1")); !strings.HasSuffix(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
}

// TestTwoScripts: two load parameters, in their order.
func TestTwoScripts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inproc.Start(t, inproc.Options{
			Config: strings.Replace(config, "cfgengine", "modparam(\"app_lua\", \"load\", \"@DIR@/second.lua\")\ncfgengine", 1),
			Files: []inproc.File{
				{Name: "routes.lua", Text: `function answer() return "first" end`},
				{Name: "second.lua", Text: `local before = answer() function ksr_request_route() KSR.sl.sl_send_reply(200, before .. ", second") end`},
			},
			Net: new(fakenet.Pipes), Shards: 1,
		})
		if got := inproc.StartLine(s.Peer("10.0.0.2:5060").Ask("OPTIONS", "sip:10.0.0.1")); !strings.HasSuffix(got, " first, second") {
			t.Errorf("%q", got)
		}
	})
}

// TestContinueByTexts: scripts keep a transaction's index and label as texts.
func TestContinueByTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, `
local index, label
function resumed()
	KSR.tm.t_reply(480, "Resumed")
end
function ksr_request_route()
	if KSR.is_INVITE() then
		KSR.tmx.t_suspend()
		index, label = tostring(KSR.pv.get("$T(id_index)")), tostring(KSR.pv.get("$T(id_label)"))
		return
	end
	if not KSR.is_ACK() then
		KSR.sl.sl_send_reply(200, "rc " .. KSR.tmx.t_continue(index, label, "resumed"))
	end
end`)
		caller, other := s.Peer("10.0.0.2:5060"), s.Peer("10.0.0.3:5060")
		caller.Send(caller.Request("INVITE", "sip:10.0.0.1"))
		caller.Expect("100 ")
		if got := inproc.StartLine(other.Ask("OPTIONS", "sip:10.0.0.1")); !strings.HasSuffix(got, " rc 1") {
			t.Errorf("t_continue: %s", got)
		}
		caller.Expect("480 Resumed")
	})
}
