package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/tests/inproc"
)

const serverConfig = `debug=1
listen=udp:127.0.0.1:@PORT@
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "kex.so"
loadmodule "ctl.so"
loadmodule "jsonrpcs.so"
loadmodule "usrloc.so"
loadmodule "app_lua.so"
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "@DIR@/rpc.sock")
modparam("ctl", "binrpc", "unix:@DIR@/ctl")
modparam("usrloc", "preload", "location")
modparam("usrloc", "preload", "aliases")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// serverSteps are the commands about a running server.
var serverSteps = []step{
	{args: "ul show @@", out: "="},
	{args: "ul show alice@example.com @@", err: "the server refuses: 500 AOR not found"},
	{args: "ul add alice@example.com sip:alice@127.0.0.1:5090 @@", out: "=alice@example.com has the contact sip:alice@127.0.0.1:5090\n"},
	{args: "ul add alice@example.com sip:alice@127.0.0.2 --expires 1h --q 0.5 --path <sip:127.0.0.9;lr> @@", out: "127.0.0.2"},
	{args: "ul show alice@example.com @@", out: "alice\tsip:alice@127.0.0.1:5090\tpermanent\t1\t\t"},
	{args: "ul show alice --json @@", out: "~\"expires\": 3(600|5\\d\\d),\n    \"q\": 0.5,\n    \"path\": \"<sip:127.0.0.9;lr>\""},
	{args: "ul show --table aliases @@", out: "="},
	{args: "ul add 1234@example.com sip:alice@example.com --table aliases @@", out: "1234@example.com has"},
	{args: "ul show --table aliases @@", out: "1234\tsip:alice@example.com\tpermanent"},
	{args: "ul dump @@", out: "Domain: location"},
	{args: "ul dump --json @@", out: "~(?s)^\\[\n\\{.*\"AoR\":\t\"alice\".*\\]\n$"},
	{args: "ul add a:b sip:alice@127.0.0.1 @@", err: "no user"},
	{args: "ul add alice nonsense @@", err: "write a SIP URI"},
	{args: "ul add alice sip:x --q 2 @@", err: "from 0 to 1"},
	{args: "ul add alice sip:x --expires 1ms @@", err: "at least a second"},
	{args: "ul add alice sip:x --table nosuch @@", err: "Domain table not found"},
	{args: "ul rm alice sip:nobody@127.0.0.1 @@", err: "moonroute ul show"},
	{args: "ul rm alice sip:alice@127.0.0.1:5090 @@", out: "has no longer the contact"},
	{args: "ul rm alice --json @@", out: "\"done\": \"removed\""},
	{args: "ul show @@", out: "="},
	{args: "monitor @@", out: "Requests\n  received "},
	{args: "monitor --once @@", out: "Contacts in aliases\n  users      1 "},
	{args: "monitor --json @@", out: "\"usrloc:aliases_contacts\": 1"},
	{args: "ps @@", out: "\tshard 0\n"},
	{args: "ps --json @@", out: "\"description\": \"shard 0\""},
	{args: "uptime @@", out: "up "},
	{args: "uptime --json @@", out: "\"up_since\""},
	{args: "ping sip:127.0.0.1:PORT @@", out: "200 OK in "},
	{args: "ping nonsense @@", err: "write sip:user@host"},
}

func TestRunningServer(t *testing.T) {
	t.Setenv("SIP_DOMAIN", "")
	port := inproc.FreePort(t)
	s := inproc.Start(t, inproc.Options{
		Config: strings.ReplaceAll(serverConfig, "@PORT@", port),
		Files:  []inproc.File{{Name: "routes.lua", Text: "function ksr_request_route() KSR.sl.send_reply(200, 'OK') end\n"}},
	})
	steps := slices.Clone(serverSteps)
	for i := range steps {
		steps[i].args = strings.ReplaceAll(steps[i].args, "PORT", port)
	}
	for _, addr := range []string{"unix:" + filepath.Join(s.Dir, "ctl"), "dgram:" + filepath.Join(s.Dir, "rpc.sock")} {
		t.Run(addr[:5], func(t *testing.T) {
			operate(t, "-s "+addr, steps)
			operate(t, "-s "+addr, []step{{args: "ul rm 1234 --table aliases @@", out: "1234 has no contact"}})
		})
	}
}

func TestRefusals(t *testing.T) {
	for message, want := range map[string]string{
		"Method Not Found": "not loaded", "command ul.dump not found": "not loaded", "Reply Too Large": "--db", "AOR not found": "500 AOR not found",
	} {
		if err := refusal(&rpc.Fault{Code: 500, Message: message}); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", message, err, want)
		}
	}
}

func TestServerOfAConfiguration(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ text, want string }{
		{"modparam(\"ctl\", \"binrpc\", \"unix:/a/ctl\")\n", "unix:/a/ctl"},
		{"modparam(\"jsonrpcs\", \"dgram_socket\", \"/a/sock\")\n", "dgram:/a/sock"},
		{"modparam(\"jsonrpcs\", \"dgram_socket\", \"udp:127.0.0.1:8000\")\n", "dgram:udp:127.0.0.1:8000"},
		{"modparam(\"jsonrpcs\", \"dgram_socket\", \"sock\")\nmodparam(\"ctl\", \"binrpc\", \"unix:/a/ctl\")\n", "unix:/a/ctl"},
		{"debug=2\n", usualAddresses[0]},
	} {
		cfg := filepath.Join(dir, "kamailio.cfg")
		write(t, cfg, c.text)
		if got, err := (&serverFlags{file: cfg}).address(); err != nil || got != c.want {
			t.Errorf("%q: %s, %v, want %s", c.text, got, err, c.want)
		}
	}
	script := filepath.Join(dir, "routes.lua")
	write(t, script, "")
	if got, err := (&serverFlags{file: script}).address(); err != nil || !strings.Contains(got, dir) {
		t.Errorf("of a script alone: %s, %v", got, err)
	}
}

// screen is a terminal that ends the program after some looks.
type screen struct {
	strings.Builder
	left int
	end  context.CancelFunc
}

func (s *screen) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "\x1b[2J") {
		if s.left--; s.left == 0 {
			s.end()
		}
	}
	return s.Builder.Write(p)
}

func TestMonitorOnATerminal(t *testing.T) {
	s := inproc.Start(t, inproc.Options{
		Config: strings.ReplaceAll(serverConfig, "@PORT@", inproc.FreePort(t)),
		Files:  []inproc.File{{Name: "routes.lua", Text: "function ksr_request_route() end\n"}},
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &screen{left: 3, end: cancel}
	f := monitorFlags{serverFlags: serverFlags{addr: "unix:" + filepath.Join(s.Dir, "ctl"), timeout: time.Minute}, interval: time.Millisecond}
	if err := f.run(ctx, &console{Writer: out, terminal: true}); err != nil && ctx.Err() == nil {
		t.Error(err)
	}
	if n := strings.Count(out.String(), "Requests"); n < 2 {
		t.Errorf("it looked %d times: %q", n, out.String())
	}
}

func TestListOnATerminal(t *testing.T) {
	var out strings.Builder
	o := &console{Writer: &out, terminal: true}
	if err := list(o, []string{"user", "group"}, []string{"alice", "b"}, func(s string) []string { return []string{s, "x"} }); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "USER   GROUP\nalice  x\nb      x\n" {
		t.Errorf("%q", got)
	}
}
