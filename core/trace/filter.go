package trace

import (
	"errors"
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// Filter chooses the calls that are followed: each field that is not empty must fit one message of the call.
type Filter struct {
	CallID  string
	User    string     // "bob" or "bob@example.com", in the request URI, From or To
	Address netip.Addr // of a peer
}

// ErrNoFilter says that a filter chooses nothing.
var ErrNoFilter = errors.New("trace: give a Call-ID, a user or an address to follow")

func (f *Filter) check() error {
	if f.CallID == "" && f.User == "" && !f.Address.IsValid() {
		return ErrNoFilter
	}
	return nil
}

func (f *Filter) fits(m *sip.Message, way flow.Flow) bool {
	if f.CallID != "" && m.CallID() != f.CallID {
		return false
	}
	if f.Address.IsValid() && way.Remote.Addr().Unmap() != f.Address.Unmap() {
		return false
	}
	return f.User == "" || f.names(m)
}

// names tells whether the user is one of the message's.
func (f *Filter) names(m *sip.Message) bool {
	if m.IsRequest {
		if u, err := sip.ParseURI(m.RequestURI); err == nil && f.is(&u) {
			return true
		}
	}
	for _, read := range []func() (*sip.NameAddr, error){m.From, m.To} {
		a, err := read()
		if err != nil {
			continue
		}
		if u, err := a.URI(); err == nil && f.is(u) {
			return true
		}
	}
	return false
}

func (f *Filter) is(u *sip.URI) bool {
	user, host, both := strings.Cut(f.User, "@")
	return u.User == user && (!both || sip.EqualFold(u.Host, host))
}
