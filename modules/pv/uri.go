package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// source finds a URI; nil if there is none or if it is broken.
type source func(c *kemi.Ctx, m *route.Message) *sip.URI

// part takes a value out of a URI.
type part func(u *sip.URI) kemi.Value

// uri makes a getter for a part of a URI.
func uri(of source, take part) getter {
	return message(func(c *kemi.Ctx, m *route.Message) kemi.Value {
		if u := of(c, m); u != nil {
			return take(u)
		}
		return kemi.Null
	})
}

func user(u *sip.URI) kemi.Value    { return text(u.User) }
func host(u *sip.URI) kemi.Value    { return text(u.Host) }
func whole(u *sip.URI) kemi.Value   { return text(u.Raw) }
func userLen(u *sip.URI) kemi.Value { return kemi.Int(len(u.User)) }

// scheme is tel for a sip URI that stands for a telephone number (user=phone), as in the incumbent.
func scheme(u *sip.URI) kemi.Value {
	if !strings.EqualFold(u.UserParam(), "phone") {
		return kemi.Str(u.Scheme.String())
	}
	if u.Scheme == sip.SchemeSIPS {
		return kemi.Str(sip.SchemeTels.String())
	}
	return kemi.Str(sip.SchemeTel.String())
}

// schemeNumbers are the incumbent's numbers of schemes.
var schemeNumbers = map[sip.Scheme]int{sip.SchemeSIP: 1, sip.SchemeSIPS: 2, sip.SchemeTel: 3, sip.SchemeTels: 4, sip.SchemeURN: 5}

// numberedScheme is scheme that also counts as a number.
func numberedScheme(u *sip.URI) kemi.Value {
	return kemi.StrNum(scheme(u).Text(), schemeNumbers[u.Scheme])
}

// port is the written port, or the one that the transport stands for.
func port(u *sip.URI) kemi.Value {
	if u.Port != "" {
		return kemi.StrNum(u.Port, int(u.PortNum))
	}
	if p := protoOf(u); p == flow.TLS {
		return kemi.StrNum("5061", 5061)
	}
	return kemi.StrNum("5060", 5060)
}

// transport is the written transport, or UDP: like the incumbent it does not look at the scheme.
func transport(u *sip.URI) kemi.Value {
	if written := u.Transport(); written != "" {
		return kemi.StrNum(written, int(protoOf(u)))
	}
	return kemi.StrNum("UDP", int(flow.UDP))
}

func protoOf(u *sip.URI) flow.Proto {
	if p, ok := flow.ParseProto(u.Transport()); ok {
		return p
	}
	return flow.UDP
}

// parse gives a text as a URI, or nil.
func parse(c *kemi.Ctx, s string) *sip.URI {
	if s == "" {
		return nil
	}
	u, err := c.Shard.ParseURI(s)
	if err != nil {
		return parseBlanks(s)
	}
	return u
}

// parseBlanks reads a URI with blanks in its user, which scripts may put there and the
// incumbent takes; nil for any other broken one.
func parseBlanks(s string) *sip.URI {
	if strings.IndexByte(s, ' ') < 0 {
		return nil
	}
	u, err := sip.ParseURI(strings.ReplaceAll(s, " ", "_"))
	if err != nil {
		return nil
	}
	at := len(u.SchemeText) + 1
	u.Raw, u.User = s, s[at:at+len(u.User)]
	if strings.Count(u.User, " ") != strings.Count(s, " ") {
		return nil
	}
	return &u
}

// currentURI is the request URI as rewritten.
func currentURI(c *kemi.Ctx, m *route.Message) *sip.URI {
	if !m.IsRequest {
		return nil
	}
	if m.Target.URI != "" {
		return parse(c, m.Target.URI)
	}
	return originalURI(c, m)
}

// originalURI is the request URI as received.
func originalURI(_ *kemi.Ctx, m *route.Message) *sip.URI {
	if !m.IsRequest {
		return nil
	}
	u, err := m.URI()
	if err != nil {
		return nil
	}
	return u
}

// changeURI writes the request URI with a part changed. It is false if there is no good one.
func changeURI(c *kemi.Ctx, change func(*sip.URI)) bool {
	if c.Msg == nil {
		return false
	}
	u := currentURI(c, c.Msg)
	if u == nil {
		return false
	}
	changed := *u
	change(&changed)
	c.Msg.SetURI(formatURI(&changed))
	return true
}

// formatURI writes a URI from its parts.
func formatURI(u *sip.URI) string {
	var b strings.Builder
	b.Grow(len(u.Raw) + 32)
	b.WriteString(u.SchemeText)
	b.WriteByte(':')
	b.WriteString(u.User)
	if u.User != "" && u.Password != "" {
		b.WriteByte(':')
		b.WriteString(u.Password)
	}
	if u.User != "" && !u.Scheme.Phone() {
		b.WriteByte('@')
	}
	b.WriteString(u.Host)
	writeTail(&b, u)
	return b.String()
}

func writeTail(b *strings.Builder, u *sip.URI) {
	for _, x := range [...]struct {
		mark byte
		text string
	}{{':', u.Port}, {';', u.Params}, {'?', u.Headers}} {
		if x.text != "" {
			b.WriteByte(x.mark)
			b.WriteString(x.text)
		}
	}
}
