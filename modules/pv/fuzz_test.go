package pv

import (
	"net/netip"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// inRoute runs f with a message in hand; the host's own Run cannot be used in a fuzz target.
func inRoute(h *kemitest.Host, received *sip.Message, f func(c *kemi.Ctx)) {
	done := make(chan struct{})
	h.OnShard(0, func(sh *kemi.Shard) {
		defer close(done)
		m := new(route.Message)
		m.Begin(received)
		m.Flow = flow.Flow{Proto: flow.UDP, Local: h.Core.Sockets()[0], Remote: netip.MustParseAddrPort("192.0.2.1:5060")}
		f(&kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}, Server: h.Server, Shard: sh})
	})
	<-done
}

func parsed(f *testing.F) *sip.Message {
	m, err := sip.Parse(sample(f, "invite"))
	if err != nil {
		f.Fatal(err)
	}
	return m
}

// FuzzVariable compiles any text as a variable and as a format, reads it, and compiles what
// it prints again.
func FuzzVariable(f *testing.F) {
	for _, seed := range []string{
		"$ru", "$(hdr(X-Custom)[-1])", "$(ru{uri.host}{s.substr,0,$var(i)})", "$_s(a $rU $_s($ci))", "$xavp(a[$var(i)]=>b[*])",
		"$(var(s){s.select,1,,})", "$sel(via[1].params.i)", "$$", "$(avp(a)[*])", "$cnt($avp(i:1))", "$timef(%Y $ci)", "$(mb{param.value,a,;})",
	} {
		f.Add(seed)
	}
	h := start(f)
	received := parsed(f)
	f.Fuzz(func(t *testing.T, name string) {
		inRoute(h, received, func(c *kemi.Ctx) {
			v := h.Registry.FindVar(name)
			if v == nil {
				return
			}
			printsItself(t, h.Registry, v)
			v.Get(c)
			if v.Writable() {
				v.Set(c, kemi.Str("x"))
				v.Get(c)
				v.Set(c, kemi.Null)
			}
		})
		inRoute(h, received, func(c *kemi.Ctx) {
			c.Msg = nil // as in an event
			if format, err := h.Registry.Format(name); err == nil {
				format.Append(nil, c)
			}
		})
	})
}

// printsItself fails unless a variable that is printed and read again is the same one.
func printsItself(t *testing.T, r *kemi.Registry, v *kemi.Variable) {
	printed := v.Canonical()
	again := r.FindVar(printed)
	if again == nil || again.Canonical() != printed || again.Name() != v.Name() || again.Writable() != v.Writable() {
		t.Errorf("%q prints as %q, which is another variable", v.String(), printed)
	}
}

// FuzzTransform runs every transformation over any text, with any arguments, and reads again what it prints.
func FuzzTransform(f *testing.F) {
	f.Add("sip:alice@a.example;x=1", ",1,2")
	f.Add("a=1;b=\"q\"", ",a")
	f.Add("one\r\n\r\ntwo", ",-2")
	f.Add("\"A\" <sip:a@b>;tag=1", "")
	f.Add("%41%zz\\0", ",@")
	h := start(f)
	received := parsed(f)
	f.Fuzz(func(t *testing.T, value, args string) {
		if len(value) > 4096 {
			return
		}
		inRoute(h, received, func(c *kemi.Ctx) {
			h.Registry.FindVar("$var(s)").Set(c, kemi.Str(value))
			for _, row := range Module.Info().Trans {
				if v := h.Registry.FindVar("$(var(s){" + row.Name + args + "})"); v != nil {
					printsItself(t, h.Registry, v)
					v.Get(c)
				}
			}
		})
	})
}
