package luatest

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/nearest"
)

// self is the value that a method was called on.
func self[T any](c *call) (v T) {
	ud := c.L.CheckUserData(1)
	v, ok := ud.Value.(T)
	if !ok {
		c.L.ArgError(1, "called with a dot in place of a colon?")
	}
	return v
}

// duration is an argument such as "90s", "1m30s" or a number of seconds.
func duration(v glua.LValue) (time.Duration, error) {
	if n, ok := v.(glua.LNumber); ok {
		return time.Duration(float64(n) * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(v.String())
	if err != nil || d < 0 {
		return 0, failf("%q is no time: write \"500ms\", \"30s\", \"2m\", or a number of seconds", v.String())
	}
	return d, nil
}

// reader takes the fields of a table that a test wrote, each by its name.
type reader map[string]func(v glua.LValue) error

// read goes through a table. A field that nobody knows is a mistake, with a guess of what was meant.
func (r reader) read(t *glua.LTable) (err error) {
	t.ForEach(func(k, v glua.LValue) {
		if err != nil {
			return
		}
		take := r[k.String()]
		if take == nil {
			names := slices.Sorted(maps.Keys(r))
			hint := ""
			if near := nearest.Word(k.String(), slices.Values(names)); near != "" {
				hint = fmt.Sprintf(": did you mean %q?", near)
			}
			err = failf("there is no option %q%s (there are %s)", k.String(), hint, strings.Join(names, ", "))
			return
		}
		err = take(v)
	})
	return err
}

func text(into *string) func(glua.LValue) error {
	return func(v glua.LValue) error {
		if !glua.LVCanConvToString(v) {
			return failf("a text is wanted, not a %s", v.Type())
		}
		*into = v.String()
		return nil
	}
}

func integer(into *int) func(glua.LValue) error {
	return func(v glua.LValue) error {
		n, ok := v.(glua.LNumber)
		if !ok {
			return failf("a number is wanted, not a %s", v.Type())
		}
		*into = int(n)
		return nil
	}
}

// texts reads one text or a list of them.
func texts(v glua.LValue) (list []string, err error) {
	t, ok := v.(*glua.LTable)
	if !ok {
		var one string
		err = text(&one)(v)
		return []string{one}, err
	}
	t.ForEach(func(_, v glua.LValue) {
		var one string
		if e := text(&one)(v); e != nil {
			err = e
		}
		list = append(list, one)
	})
	return list, err
}

// headers reads {["X-A"] = "1", ["X-B"] = {"1", "2"}, ["X-C"] = false, "X-D: 1"}.
func headers(into *[]header) func(glua.LValue) error {
	return func(v glua.LValue) error {
		t, ok := v.(*glua.LTable)
		if !ok {
			return failf("headers are a table: {[\"X-Name\"] = \"value\"}")
		}
		var err error
		t.ForEach(func(k, v glua.LValue) {
			h, e := oneHeader(k, v)
			if e != nil {
				err = e
			}
			*into = append(*into, h)
		})
		return err
	}
}

func oneHeader(k, v glua.LValue) (h header, err error) {
	if _, listed := k.(glua.LNumber); listed {
		name, value, ok := strings.Cut(v.String(), ":")
		if !ok {
			return h, failf("%q is no header: write \"Name: value\" or [\"Name\"] = \"value\"", v.String())
		}
		return header{name: strings.TrimSpace(name), values: []string{strings.TrimSpace(value)}, more: true}, nil
	}
	h.name = k.String()
	if b, ok := v.(glua.LBool); ok {
		h.absent = !bool(b)
		return h, nil
	}
	h.values, err = texts(v)
	return h, err
}

// options reads what a test says of a message that it sends.
func (c *call) options(n int) (*options, error) {
	o := new(options)
	if c.L.GetTop() < n || c.L.Get(n) == glua.LNil {
		return o, nil
	}
	return o, reader{
		"headers": headers(&o.headers), "body": text(&o.body), "content_type": text(&o.contentType),
		"from": c.target(&o.from), "to": c.target(&o.to), "contact": text(&o.contact), "uri": c.target(&o.uri), "call_id": text(&o.callID),
		"user": text(&o.user), "password": text(&o.password), "reason": text(&o.reason), "expect": text(&o.expect),
		"expires": func(v glua.LValue) error { o.hasExpires = true; return integer(&o.expires)(v) },
	}.read(c.L.CheckTable(n))
}

// checks reads what a test wants of a message.
func (c *call) checks(n int) (*checks, error) {
	x := new(checks)
	if c.L.GetTop() < n || c.L.Get(n) == glua.LNil {
		return x, nil
	}
	return x, reader{
		"headers": headers(&x.headers), "uri": text(&x.uri), "reason": text(&x.reason), "body": text(&x.body),
		"within": func(v glua.LValue) (err error) { x.within, err = duration(v); return err },
	}.read(c.L.CheckTable(n))
}

// target is a URI, or the peer that is meant.
func (c *call) target(into *string) func(glua.LValue) error {
	return func(v glua.LValue) error {
		if ud, ok := v.(*glua.LUserData); ok {
			if x, ok := ud.Value.(*peer); ok {
				*into = x.aor()
				return nil
			}
		}
		if err := text(into)(v); err != nil {
			return failf("a SIP URI or a peer is wanted, not a %s", v.Type())
		}
		return nil
	}
}

// code is a status: 486, "486" or "4xx"; nothing is any final one.
func (c *call) code(n int) string {
	if c.L.GetTop() < n || c.L.Get(n) == glua.LNil {
		return ""
	}
	return c.L.CheckString(n)
}

// endpoint reads "10.0.0.1", "10.0.0.1:5070" or "tcp:10.0.0.1:5060".
func endpoint(text string) (p flow.Proto, at netip.AddrPort, err error) {
	if p, text = flow.CutProto(text); p == flow.None {
		p = flow.UDP
	}
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return p, netip.AddrPortFrom(addr, p.DefaultPort()), nil
	}
	at, err = netip.ParseAddrPort(text)
	if err != nil {
		return p, at, failf("%q is no address: write \"10.0.0.1:5060\" or \"tcp:10.0.0.1:5060\"", text)
	}
	return p, at, nil
}

// numberText writes a Lua number, without an exponent where it is a whole one.
func numberText(n glua.LNumber) string {
	form := byte('g')
	if f := float64(n); f == math.Trunc(f) && math.Abs(f) < 1e15 {
		form = 'f'
	}
	return strconv.FormatFloat(float64(n), form, -1, 64)
}
