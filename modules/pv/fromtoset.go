package pv

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// change is one replacement against the received bytes: the old part, and the new text.
// An empty old part stands before what follows it.
type change struct {
	at, n int
	text  string
}

// setAddr makes a setter for a part of From or To. The change shows when the message
// leaves; scripts go on reading what was received. Null changes nothing.
func setAddr(of addrSource, edit func(m *route.Message, a *sip.NameAddr, text string) (change, bool)) setter {
	return func(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
		if c.Msg == nil || v.Kind() == kemi.KindInt {
			return false
		}
		a := of(c.Msg)
		if a == nil {
			return false
		}
		if v.IsNull() {
			return true
		}
		x, ok := edit(c.Msg, a, strings.Clone(v.Text()))
		if ok {
			replace(&c.Msg.Edits, x)
		}
		return ok
	}
}

// replace records a change; an earlier one of the same part gives way.
func replace(e *route.Edits, x change) {
	if x.n > 0 {
		e.RemoveIf(func(old *route.Edit) bool { return old.At == x.at && old.Del == x.n })
	}
	e.Replace(x.at, x.n, x.text)
}

func editURI(m *route.Message, a *sip.NameAddr, text string) (change, bool) {
	at := m.Offset(a.URIText)
	return change{at, len(a.URIText), text}, at >= 0
}

func editUser(m *route.Message, a *sip.NameAddr, text string) (change, bool) {
	u, err := a.URI()
	if err != nil || u.Scheme.Phone() {
		return change{}, false
	}
	if at := m.Offset(u.User); at >= 0 {
		return change{at, len(u.User), text}, true
	}
	at := m.Offset(u.Host)
	return change{at, 0, text + "@"}, at >= 0
}

func editHost(m *route.Message, a *sip.NameAddr, text string) (change, bool) {
	u, err := a.URI()
	if err != nil {
		return change{}, false
	}
	at := m.Offset(u.Host)
	return change{at, len(u.Host), text}, at >= 0
}

func editDisplay(m *route.Message, a *sip.NameAddr, text string) (change, bool) {
	if at := m.Offset(a.Display); at >= 0 {
		return change{at, len(a.Display), text}, true
	}
	at := m.Offset(a.Raw)
	return change{at, 0, text + " "}, at >= 0
}

// setDisplay writes or removes the display name of From or To.
func setDisplay(of addrSource) setter {
	set := setAddr(of, editDisplay)
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
		if c.Msg != nil && v.IsNull() {
			removeDisplay(c.Msg, of(c.Msg))
		}
		return set(s, c, a, v)
	}
}

// setAddrUser writes or removes the user of From or To.
func setAddrUser(of addrSource) setter {
	set := setAddr(of, editUser)
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
		if c.Msg != nil && v.IsNull() {
			removeUser(c.Msg, of(c.Msg))
		}
		return set(s, c, a, v)
	}
}

// removeUser takes the user away, with the password and the at sign after it.
func removeUser(m *route.Message, a *sip.NameAddr) {
	if a == nil {
		return
	}
	u, err := a.URI()
	if err != nil || u.Scheme.Phone() || u.User == "" {
		return
	}
	if at := m.Offset(u.User); at >= 0 {
		m.Edits.Delete(at, m.Offset(u.Host)-at)
	}
}

// removeDisplay takes the display name away, with the blanks after it.
func removeDisplay(m *route.Message, a *sip.NameAddr) {
	if a == nil || a.Display == "" {
		return
	}
	if at := m.Offset(a.Display); at >= 0 {
		m.Edits.Delete(at, strings.IndexByte(m.Raw[at+len(a.Display):], '<')+len(a.Display))
	}
}
