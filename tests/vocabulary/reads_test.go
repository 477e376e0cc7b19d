// Package vocabulary measures what scripts pay for the reads that they do most, from the Lua side.
package vocabulary

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/hdr"
	"github.com/moonroute/moonroute/modules/pv"
)

// reads are the reads that scripts do most, and the other ways to make them.
var reads = append(variables("KSR.pv.get(%q)", "$ru", "$rU", "$fU", "$tU", "$ci", "$si", "$ua", "$rm", "$hdr(X-Custom)", "$(ru{uri.host})"),
	`KSR.pv.gete("$ru")`, `KSR.pv.getw("$ru")`, `KSR.hdr.get("X-Custom")`, `KSR.hdr.gete("User-Agent")`, `get("$ru")`, `KSR.pv.get(name)`)

func variables(format string, names ...string) (calls []string) {
	for _, name := range names {
		calls = append(calls, fmt.Sprintf(format, name))
	}
	return calls
}

// A function of the script repeats its read perLoop times in each of its loops, so that the loop's own cost is small.
const (
	loops   = 50
	perLoop = 20
	perCall = loops * perLoop
)

var invite = strings.ReplaceAll(`INVITE sip:bob@biloxi.example;transport=udp SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport
Max-Forwards: 70
From: "Alice Liddell" <sip:alice@atlanta.example>;tag=1928301774
To: "Bob" <sip:bob@biloxi.example>
Call-ID: a84b4c76e66710@atlanta.example
CSeq: 314159 INVITE
Contact: <sip:alice@192.0.2.1>
User-Agent: Wonderland/2.1 (looking-glass)
X-Custom: first value
Content-Length: 0

`, "\n", "\r\n")

// script has a function for each read: f1, f2 and so on; f0 is the loop alone.
func script() string {
	var b strings.Builder
	body := func(i int, statement string) {
		fmt.Fprintf(&b, "function f%d() local x local get, name = KSR.pv.get, '$ru' for i = 1, %d do %s end end\n", i, loops, strings.Repeat(statement+" ", perLoop))
	}
	body(0, "x = i")
	for i, read := range reads {
		body(i+1, "x = "+read)
	}
	return b.String()
}

// run gives f a function that calls one of the script's functions on a received INVITE.
func run(tb testing.TB, f func(call func(name string))) {
	tb.Helper()
	h := kemitest.Start(tb, "", corepv.Module, pv.Module, hdr.Module)
	file := filepath.Join(tb.TempDir(), "reads.lua")
	if err := os.WriteFile(file, []byte(script()), 0o600); err != nil {
		tb.Fatal(err)
	}
	e := lua.New(lua.Options{})
	limits := kemi.DefaultScriptLimits()
	limits.Time = time.Minute
	if err := e.Open(kemi.EngineHost{Server: h.Server, Registry: h.Registry, Shards: 1, Limits: limits}); err != nil {
		tb.Fatal(err)
	}
	if err := e.Load([]string{file}); err != nil {
		tb.Fatal(err)
	}
	h.Run(invite, func(c *kemi.Ctx) {
		f(func(name string) {
			if outcome := e.Run(c, route.Callback{Name: name}); outcome != route.Done {
				tb.Fatalf("%s: %v", name, outcome)
			}
		})
	})
}

// BenchmarkRead gives the time of one read, with its call from Lua and the loop around it.
func BenchmarkRead(b *testing.B) {
	for i, name := range append([]string{"loop"}, reads...) {
		b.Run(name, func(b *testing.B) {
			run(b, func(call func(string)) {
				function := fmt.Sprintf("f%d", i)
				b.ReportAllocs()
				for b.Loop() {
					call(function)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/perCall, "ns/read")
			})
		})
	}
}

// TestAllocations checks that no read allocates more than once. The loop's own allocations do not count.
func TestAllocations(t *testing.T) {
	run(t, func(call func(string)) {
		allocations := func(i int) float64 {
			return testing.AllocsPerRun(5, func() { call(fmt.Sprintf("f%d", i)) })
		}
		loop := allocations(0)
		for i, name := range reads {
			if n := (allocations(i+1) - loop) / perCall; n > 1.1 {
				t.Errorf("%s: %.2f allocations a read", name, n)
			}
		}
	})
}
