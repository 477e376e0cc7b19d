package pv

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var msgSelects = map[string]selector{
	"len":        func(_ *kemi.Ctx, m *route.Message) string { return strconv.Itoa(len(m.Raw)) },
	"first_line": func(_ *kemi.Ctx, m *route.Message) string { return firstLine(m) },
	"header":     func(_ *kemi.Ctx, m *route.Message) string { return m.Raw[m.HeadersStart:m.BodyStart] },
	"body":       func(_ *kemi.Ctx, m *route.Message) string { return m.Body() },
}

var sourceSelects = map[string]selector{
	"ip":   func(c *kemi.Ctx, m *route.Message) string { return getSourceIP(c, m).Text() },
	"port": func(_ *kemi.Ctx, m *route.Message) string { return strconv.Itoa(int(m.Flow.Remote.Port())) },
	"ip_port": func(c *kemi.Ctx, m *route.Message) string {
		return getSourceIP(c, m).Text() + ":" + strconv.Itoa(int(m.Flow.Remote.Port()))
	},
}

var destinationSelects = map[string]selector{
	"ip":      func(c *kemi.Ctx, m *route.Message) string { return localIP(c, m) },
	"port":    func(_ *kemi.Ctx, m *route.Message) string { return localPort(m) },
	"ip_port": func(c *kemi.Ctx, m *route.Message) string { return localIP(c, m) + ":" + localPort(m) },
}

var receivedSelects = map[string]selector{
	"ip":      destinationSelects["ip"],
	"port":    destinationSelects["port"],
	"ip_port": destinationSelects["ip_port"],
	"proto":   func(_ *kemi.Ctx, m *route.Message) string { return m.Flow.Proto.String() },
}

func localIP(c *kemi.Ctx, m *route.Message) string {
	if m.Flow.Local == nil {
		return ""
	}
	return c.Shard.AddrText(m.Flow.Local.Addr.Addr())
}

func localPort(m *route.Message) string {
	if m.Flow.Local == nil {
		return ""
	}
	return m.Flow.Local.PortText
}

func selectCSeqNumber(_ *kemi.Ctx, m *route.Message) string {
	cseq, _ := m.CSeq()
	return cseq.NumberText
}

func selectCSeqMethod(_ *kemi.Ctx, m *route.Message) string {
	cseq, _ := m.CSeq()
	return cseq.MethodName
}

// uriSelects are the names below a URI.
var uriSelects = map[string]func(u *sip.URI) string{
	"type":     func(u *sip.URI) string { return u.Scheme.String() },
	"user":     func(u *sip.URI) string { return u.User },
	"pwd":      func(u *sip.URI) string { return u.Password },
	"host":     func(u *sip.URI) string { return u.Host },
	"port":     func(u *sip.URI) string { return u.Port },
	"hostport": func(u *sip.URI) string { return u.Host + ":" + port(u).Text() },
	"params":   func(u *sip.URI) string { return u.Params },
}

// selectInURI looks a path below a URI up; nil if there is no such name.
func selectInURI(rest []step) func(u *sip.URI) string {
	switch {
	case len(rest) == 0:
		return func(u *sip.URI) string { return u.Raw }
	case len(rest) == 1:
		return uriSelects[rest[0].name]
	case len(rest) == 2 && rest[0].name == "params":
		name := rest[1].name
		return func(u *sip.URI) string { value, _ := u.Param(name); return value }
	}
	return nil
}

func selectURI(of source) func(step, []step) selector {
	return func(_ step, rest []step) selector {
		take := selectInURI(rest)
		if take == nil {
			return nil
		}
		return func(c *kemi.Ctx, m *route.Message) string {
			if u := of(c, m); u != nil {
				return take(u)
			}
			return ""
		}
	}
}

// selectAddr looks a path below an address header up.
func selectAddr(of addrSource) func(step, []step) selector {
	return func(_ step, rest []step) selector {
		take := selectInAddr(rest)
		if take == nil {
			return nil
		}
		return func(_ *kemi.Ctx, m *route.Message) string {
			if a := of(m); a != nil {
				return take(a)
			}
			return ""
		}
	}
}

func selectInAddr(rest []step) func(a *sip.NameAddr) string {
	switch {
	case len(rest) == 0:
		return func(a *sip.NameAddr) string { return a.Raw }
	case rest[0].name == "uri":
		return selectAddrURI(rest[1:])
	case rest[0].name == "name" && len(rest) == 1:
		return func(a *sip.NameAddr) string { return a.Display }
	case rest[0].name == "params" && len(rest) == 2:
		rest = rest[1:]
	case len(rest) > 1:
		return nil
	}
	name := rest[0].name
	return func(a *sip.NameAddr) string { value, _ := a.Param(name); return value }
}

func selectAddrURI(rest []step) func(a *sip.NameAddr) string {
	take := selectInURI(rest)
	if take == nil {
		return nil
	}
	return func(a *sip.NameAddr) string {
		u, err := a.URI()
		if err != nil {
			return ""
		}
		return take(u)
	}
}

// selectList is selectAddr for a header that may hold several addresses: without a rest it
// is the whole header.
func selectList(t sip.HeaderType) func(step, []step) selector {
	inAddr, header := selectAddr(firstAddr(t)), selectHeader(t)
	return func(first step, rest []step) selector {
		if len(rest) == 0 {
			return header(first, rest)
		}
		return inAddr(first, rest)
	}
}

// viaSelects are the names below via.
var viaSelects = map[string]func(v *sip.Via) string{
	"name":      func(v *sip.Via) string { return v.Protocol },
	"version":   func(v *sip.Via) string { return v.Version },
	"transport": func(v *sip.Via) string { return v.Transport },
	"host":      func(v *sip.Via) string { return v.Host },
	"port":      func(v *sip.Via) string { return v.Port },
	"branch":    func(v *sip.Via) string { return v.Branch },
	"received":  func(v *sip.Via) string { return v.Received },
	"rport":     func(v *sip.Via) string { return v.RPort },
	"i":         func(v *sip.Via) string { return v.I },
	"alias":     func(v *sip.Via) string { return v.Alias },
}

// selectVia looks a path below the i-th Via up, the first one being 1.
func selectVia(first step, rest []step) selector {
	var take func(v *sip.Via) string
	switch {
	case len(rest) == 1:
		take = viaSelects[rest[0].name]
	case len(rest) == 2 && rest[0].name == "params":
		take = func(v *sip.Via) string { value, _ := v.Param(rest[1].name); return value }
	}
	if take == nil || first.index < 1 {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		i := first.index
		for vias := m.Vias(); vias.Next(); {
			if i--; i == 0 {
				return take(&vias.Via)
			}
		}
		return ""
	}
}

// selectDigest looks a parameter of credentials up; the index is their realm.
func selectDigest(t sip.HeaderType) func(step, []step) selector {
	return func(first step, rest []step) selector {
		if len(rest) != 1 || first.key == "" {
			return nil
		}
		return func(_ *kemi.Ctx, m *route.Message) string {
			d, _, err := m.Credentials(t, first.key)
			if err != nil {
				return ""
			}
			value, _ := d.Param(strings.ReplaceAll(rest[0].name, "_", "-"))
			return value
		}
	}
}
