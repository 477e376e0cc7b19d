package pv

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

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
	"proto_ip_port": func(c *kemi.Ctx, m *route.Message) string {
		return m.Flow.Proto.String() + ":" + localIP(c, m) + ":" + localPort(m)
	},
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

// selectCSeq is the whole header, or its number or method.
func selectCSeq(first step, rest []step) selector {
	if len(rest) == 0 {
		return selectHeader(sip.HdrCSeq)(first, rest)
	}
	return selectOf(map[string]selector{
		"num":    func(_ *kemi.Ctx, m *route.Message) string { cseq, _ := m.CSeq(); return cseq.NumberText },
		"method": func(_ *kemi.Ctx, m *route.Message) string { cseq, _ := m.CSeq(); return cseq.MethodName },
	})(first, rest)
}

// uriSelects are the names below a URI.
var uriSelects = map[string]func(u *sip.URI) string{
	"type":     func(u *sip.URI) string { return u.Scheme.String() },
	"user":     func(u *sip.URI) string { return u.User },
	"rn_user":  func(u *sip.URI) string { return u.User },
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
	case rest[0].name == "params":
		if name, ok := paramOf(rest); ok {
			return func(u *sip.URI) string { value, _ := u.Param(name); return value }
		}
	}
	if len(rest) != 1 {
		return nil
	}
	return uriSelects[rest[0].name]
}

// paramOf is the name in params.name and params["name"].
func paramOf(rest []step) (name string, ok bool) {
	switch {
	case len(rest) == 2:
		return rest[1].name, true
	case len(rest) == 1 && rest[0].key != "":
		return rest[0].key, true
	}
	return "", false
}

// ofRequest is a URI that only requests have.
func ofRequest(of source) source {
	return func(c *kemi.Ctx, m *route.Message) *sip.URI {
		if !m.IsRequest {
			return nil
		}
		return of(c, m)
	}
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
	}
	name, ok := rest[0].name, len(rest) == 1
	if name == "params" {
		name, ok = paramOf(rest)
	}
	if !ok {
		return nil
	}
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

// selectList is selectAddr for a header that may hold several addresses: without a rest it is the whole header. Some
// parts may have a meaning of their own.
func selectList(t sip.HeaderType, of addrSource, parts map[string]func(*sip.NameAddr) string) func(step, []step) selector {
	inAddr, header := selectAddr(of), selectHeader(t)
	return func(first step, rest []step) selector {
		if first.given {
			return nil
		}
		if len(rest) == 0 {
			return header(first, rest)
		}
		take := parts[rest[0].name]
		if take == nil || len(rest) > 1 {
			return inAddr(first, rest)
		}
		return func(_ *kemi.Ctx, m *route.Message) string {
			if a := of(m); a != nil {
				return take(a)
			}
			return ""
		}
	}
}

// lastContact is the last address of the first Contact header, the one that the incumbent's selects look at.
func lastContact(m *route.Message) (last *sip.NameAddr) {
	first := m.First(sip.HdrContact)
	for list := m.Contacts(); list.Next() && list.Header == first; {
		addr := list.Addr
		last = &addr
	}
	return last
}

var contactParts = map[string]func(*sip.NameAddr) string{
	"name": func(a *sip.NameAddr) string {
		if a.Display == "" {
			return emptyText
		}
		return a.Display
	},
	"instance": func(a *sip.NameAddr) string { value, _ := a.Param("+sip.instance"); return strings.Trim(value, `"`) },
}
