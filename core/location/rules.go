package location

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// Rules are how a server keeps its bindings; the modules that register and show them share these.
type Rules struct {
	UseDomain     bool     // the address of record has a domain (use_domain)
	CaseSensitive bool     // user names keep their case (case_sensitive)
	RealmPrefix   string   // taken off a domain (realm_prefix)
	Matching      Matching // when a contact is the same as a stored one (matching_mode)
	CSeqDelay     int64    // seconds in which the same CSeq is a repetition (cseq_delay)
	NATFlag       int      // branch flag of contacts behind NAT (nat_bflag); -1: none
	ServerID      int32
	AttrsXAVP     string // XAVP that is kept with a contact (xavp_contact); empty: none
}

// DefaultRules are those of a server without settings.
func DefaultRules() Rules { return Rules{CSeqDelay: 20, NATFlag: -1} }

// AOR makes the address of record of a URI; empty if the URI has none.
func (r *Rules) AOR(u *sip.URI) string {
	user, err := sip.Unescape(u.User)
	if err != nil {
		return ""
	}
	if !r.CaseSensitive {
		user = lower(user)
	}
	if !r.UseDomain && user != "" {
		return user
	}
	host := lower(strings.TrimPrefix(u.Host, r.RealmPrefix))
	if user == "" {
		return host
	}
	return user + "@" + host
}

// lower turns ASCII letters to lower case; it allocates only if there is one to turn.
func lower(s string) string {
	for i := range len(s) {
		if s[i]-'A' < 26 {
			return lowered(s)
		}
	}
	return s
}

func lowered(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i]-'A' < 26 {
			b[i] |= 0x20
		}
	}
	return string(b)
}

// Matching tells when a contact is the same as a stored one.
type Matching uint8

// The ways of matching, with the numbers of matching_mode.
const (
	MatchContact       Matching = iota // the URI
	MatchContactCallID                 // the URI and the Call-ID
	MatchContactPath                   // the URI and the Path
	MatchCallID                        // the Call-ID
)

// Match finds the stored contact that c stands for, or nil. Contacts with an instance id
// match by that and the reg-id first; with a reg-id by nothing else (RFC 5626 6). A contact
// without a Path matches by its URI alone where the Path counts.
func (m Matching) Match(list []*Contact, c *Contact) *Contact {
	if c.Instance != "" {
		for _, old := range list {
			if old.Instance == c.Instance && old.RegID == c.RegID {
				return old
			}
		}
		if c.RegID != 0 {
			return nil
		}
	}
	for _, old := range list {
		if m.same(old, c) {
			return old
		}
	}
	return nil
}

func (m Matching) same(old, c *Contact) bool {
	switch m {
	case MatchContactCallID:
		return old.URI == c.URI && old.CallID == c.CallID
	case MatchContactPath:
		return old.URI == c.URI && (c.Path == "" || old.Path == c.Path)
	case MatchCallID:
		return old.CallID == c.CallID
	}
	return old.URI == c.URI
}
