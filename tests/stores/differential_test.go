package stores

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// differentialScript runs the Lua text of the request's X-Lua header and tells its result in X-Result.
const differentialScript = `
function ksr_request_route()
	local text = KSR.pv.get("$hdr(X-Lua)")
	local f, wrong = loadstring(text)
	if not f then
		KSR.sl.sl_send_reply(500, wrong)
		return 1
	end
	local result = f()
	if result ~= nil then
		KSR.sl.sl_send_reply(299, tostring(result))
	end
	return 1
end
function save(flags)
	KSR.registrar.save("location", flags or 0)
end
function saved(flags, uri)
	local result = uri and KSR.registrar.save_uri("location", flags, uri) or KSR.registrar.save("location", flags)
	return result .. " " .. tostring(KSR.registrar.registered("location"))
end
function show(...)
	local list = {}
	for _, name in ipairs({...}) do
		list[#list + 1] = tostring(KSR.pv.get(name))
	end
	return table.concat(list, " ")
end
function branches()
	local list = { show("$ru", "$du", "$bF") }
	for i = 0, (KSR.pv.get("$branch(count)") or 0) - 1 do
		local at = "[" .. i .. "])"
		list[#list + 1] = show("$(branch(uri)[" .. i .. "])", "$(branch(dst_uri)[" .. i .. "])", "$(branch(q)[" .. i .. "])",
			"$(branch(path)[" .. i .. "])", "$(branch(flags)[" .. i .. "])")
	end
	return table.concat(list, "|")
end
`

// step is one request: the Lua text that it runs and its further headers, separated by "|".
type step struct{ method, user, lua, headers string }

func register(headers string) step { return step{"REGISTER", "alice", "save()", headers} }

// lookupStep looks alice up and shows all that comes of it.
func lookupStep() step {
	return step{"INVITE", "alice", `return KSR.registrar.lookup("location") .. " " .. branches()`, ""}
}

const (
	inst   = `;+sip.instance="<urn:uuid:1>"`
	allowM = "Allow: INVITE, ACK, BYE, CANCEL"
)

// TestRegistrarIsKamailios sends the same requests to Kamailio and to this server, and compares
// what they answer and what the script sees.
func TestRegistrarIsKamailios(t *testing.T) {
	if _, err := exec.LookPath("kamailio"); err != nil {
		t.Skip("left out: kamailio is not installed: tests/install-peers installs it")
	}
	for _, c := range differences {
		t.Run(c.name, func(t *testing.T) {
			s := NewServer(t, differentialConfig(c.params), differentialScript)
			var got [2][]string
			for i := range got {
				s.asIncumbent(i == 1)
				s.Start()
				got[i] = play(t, s, c.steps)
				s.endIncumbent()
			}
			for i := range c.steps {
				if !sameButSeconds(got[0][i], got[1][i]) {
					t.Errorf("%s %s\n%s\nours:   %s\ntheirs: %s", c.steps[i].method, c.steps[i].lua, c.steps[i].headers, got[0][i], got[1][i])
				}
			}
		})
	}
}

var seconds = regexp.MustCompile(`;expires=(\d+)`)

// sameButSeconds compares two answers. What is left of a contact's time may differ by some seconds.
func sameButSeconds(a, b string) bool {
	x, y := seconds.FindAllStringSubmatch(a, -1), seconds.FindAllStringSubmatch(b, -1)
	if seconds.ReplaceAllString(a, "") != seconds.ReplaceAllString(b, "") || len(x) != len(y) {
		return false
	}
	for i := range x {
		ours, _ := strconv.Atoi(x[i][1])
		theirs, _ := strconv.Atoi(y[i][1])
		if max(ours-theirs, theirs-ours) > 20 {
			return false
		}
	}
	return true
}

// differentialConfig sets the parameters "name=value" of the registrar; usrloc's begin with "usrloc.".
func differentialConfig(params string) string {
	b := `children=1
tcp_children=1
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "preload", "location")
modparam("usrloc", "nat_bflag", 6)
modparam("registrar", "xavp_cfg", "reg")
`
	for p := range strings.FieldsSeq(params) {
		module := "registrar"
		name, value, _ := strings.Cut(p, "=")
		if n, ok := strings.CutPrefix(name, "usrloc."); ok {
			module, name = "usrloc", n
		}
		if strings.Trim(value, "-0123456789") != "" {
			value = fmt.Sprintf("%q", value)
		}
		b += fmt.Sprintf("modparam(%q, %q, %s)\n", module, name, value)
	}
	return b
}

var shownHeaders = regexp.MustCompile(`(?m)^(SIP/2\.0|Contact:|Supported:|Require:|Unsupported:|Path:|Min-Expires:|P-Registrar-Error:|Flow-Timer:|Retry-After:) ?.*`)

var varying = regexp.MustCompile(`(uloc|ulcx)-[0-9a-f-]+`)

func play(t *testing.T, s *Server, steps []step) (list []string) {
	t.Helper()
	c := NewClient(t, s.Addr())
	for i, x := range steps {
		headers := []string{"X-Lua: " + x.lua}
		if !strings.Contains(x.headers, "Call-ID:") {
			headers = append(headers, fmt.Sprintf("Call-ID: call-%d", i))
		}
		if x.headers != "" {
			headers = append(headers, strings.Split(x.headers, "|")...)
		}
		reply := ask(t, c, c.Request(x.method, x.user+"@h.test", x.user+"@h.test", "", headers...))
		lines := shownHeaders.FindAllString(strings.ReplaceAll(reply, "\r", ""), -1)
		text := strings.ReplaceAll(strings.Join(lines, " / "), s.Addr(), "SERVER")
		list = append(list, varying.ReplaceAllString(text, "RUID"))
	}
	return list
}
