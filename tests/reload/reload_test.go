// Package reload tests what happens to calls while their script is replaced, and to a server whose script wants too much.
package reload

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/tests/inproc"
)

const config = `debug=1
listen=udp:192.0.2.1:5060
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "hdr.so"
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// relaying arms a function that a later version lacks, and one that it has.
const relaying = `package.path = "@DIR@/?.lua"
require "part"
function ksr_request_route()
	if KSR.is_ACK() then return KSR.tm.t_check_trans() end
	KSR.tm.t_on_failure("failed")
	KSR.tm.t_on_reply("replied")
	KSR.seturi("sip:bob@192.0.2.3")
	KSR.tm.t_relay()
end
function replied() KSR.hdr.append("X-Reply: " .. part .. "\r\n") end
function failed() KSR.tm.t_reply(480, "The " .. part .. " failure route") end
`

// lacking has lost the function failed.
const lacking = `package.path = "@DIR@/?.lua"
require "part"
function ksr_request_route() KSR.sl.send_reply(200, part) end
function replied() KSR.hdr.append("X-Reply: " .. part .. "\r\n") end
`

type world struct {
	*inproc.Server
	t          *testing.T
	alice, bob *inproc.Peer
}

func start(t *testing.T) *world {
	s, err := inproc.New(t, inproc.Options{
		Config: config, Net: new(fakenet.Pipes), Shards: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: s, t: t}
	w.write(relaying, "first")
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	w.alice, w.bob = s.Peer("192.0.2.2:5060"), s.Peer("192.0.2.3:5060")
	return w
}

// write writes the script and the file that it requires.
func (w *world) write(script, part string) {
	w.t.Helper()
	for name, text := range map[string]string{"routes.lua": strings.ReplaceAll(script, "@DIR@", w.Dir), "part.lua": "part = '" + part + "'"} {
		if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) rpc(method string) *rpc.Result {
	w.t.Helper()
	r, err := w.RPC.Run(w.t.Context(), method, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// list is the struct of app_lua.list, as "name=value" a line.
func (w *world) list() string {
	w.t.Helper()
	values := w.rpc("app_lua.list").Values
	return text(values[len(values)-1])
}

func TestATransactionKeepsTheVersionThatArmedIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t)
		call := w.alice.Request("INVITE", "sip:bob@192.0.2.1")
		w.alice.Send(call)
		invite := w.bob.Expect("INVITE")
		w.alice.Expect("100 ")
		if got := w.list(); !strings.Contains(got, "version=1\n") || !strings.Contains(got, "by=start\n") || !strings.Contains(got, "part.lua") || strings.Contains(got, "transactions") {
			t.Errorf("before the reload:\n%s", got)
		}
		w.write(lacking, "second")
		w.rpc("app_lua.reload")
		if got := w.list(); !strings.Contains(got, "version=2\n") || !strings.Contains(got, "by=rpc\n") || !strings.Contains(got, "version=1\ntransactions=1\n") {
			t.Errorf("after the reload:\n%s", got)
		}
		w.bob.Send(inproc.Reply(invite, 180, "Ringing"))
		if ringing := w.alice.Expect("180 "); inproc.Header(ringing, "X-Reply") != "second" {
			t.Errorf("a callback that the new version has:\n%s", ringing)
		}
		w.bob.Send(inproc.Reply(invite, 486, "Busy"))
		w.bob.Expect("ACK")
		w.alice.Expect("480 The first failure route")
		w.alice.Send(acknowledge(call))
		w.alice.Send(w.alice.Request("OPTIONS", "sip:bob@192.0.2.1"))
		w.alice.Expect("200 second")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := w.list(); strings.Contains(got, "transactions") {
			t.Errorf("the transaction has ended:\n%s", got)
		}
	})
}

// TestManyReloads: versions that no transaction holds leave nothing behind.
func TestManyReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t)
		heap := w.reloads(50)
		if grown := w.reloads(500) - heap; grown > 8<<20 {
			t.Errorf("500 reloads have left %d KiB", grown>>10)
		}
		if got := w.list(); !strings.Contains(got, "version=551\n") {
			t.Error(got)
		}
	})
}

// reloads reloads n times, with a call each time, and gives the memory that stays once the calls are over.
func (w *world) reloads(n int) int64 {
	for range n {
		w.rpc("app_lua.reload")
		call := w.alice.Request("INVITE", "sip:bob@192.0.2.1")
		w.alice.Send(call)
		invite := w.bob.Expect("INVITE")
		w.alice.Expect("100 ")
		w.bob.Send(inproc.Reply(invite, 486, "Busy"))
		w.bob.Expect("ACK")
		w.alice.Expect("480 ")
		w.alice.Send(acknowledge(call))
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// acknowledge is the ACK of a final reply that is no 2xx.
func acknowledge(invite string) string {
	return strings.NewReplacer("INVITE sip:", "ACK sip:", "CSeq: 1 INVITE", "CSeq: 1 ACK").Replace(invite)
}

// text is a value of an answer as "name=value" a line.
func text(v rpc.Value) string {
	var b strings.Builder
	write := func(name string, v rpc.Value) bool {
		switch v.(type) {
		case *rpc.Struct, *rpc.List:
			b.WriteString(text(v))
		default:
			fmt.Fprintf(&b, "%s=%v\n", name, v)
		}
		return true
	}
	switch v := v.(type) {
	case *rpc.Struct:
		v.All(write)
	case *rpc.List:
		v.All(write)
	}
	return b.String()
}
