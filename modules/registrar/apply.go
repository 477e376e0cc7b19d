package registrar

import (
	"errors"
	"slices"

	"github.com/moonroute/moonroute/core/location"
)

// keepOnly removes the contacts that the request does not name.
func (s *state) keepOnly(u *location.Update, r *registration) {
	var named []*location.Contact
	for i := range r.bindings {
		if old := s.match(u, &r.bindings[i]); old != nil {
			named = append(named, old)
		}
	}
	for _, old := range slices.Clone(u.Contacts()) {
		if !slices.Contains(named, old) {
			u.Delete(old)
		}
	}
}

// count is how many contacts there would be.
func (s *state) count(u *location.Update, r *registration) (n int) {
	for _, old := range u.Contacts() {
		if old.Valid(r.common.LastModified) {
			n++
		}
	}
	for i := range r.bindings {
		b := &r.bindings[i]
		old := s.match(u, b)
		switch {
		case old == nil && b.lifetime > 0:
			n++
		case old != nil && b.lifetime == 0 && old.Valid(r.common.LastModified):
			n--
		}
	}
	return n
}

func (s *state) match(u *location.Update, b *binding) *location.Contact {
	return s.location.Rules.Matching.Match(u.Contacts(), &b.contact)
}

// apply adds, refreshes and removes the contacts of the request in their order. A reg-id
// counts for the contacts behind it that have none, as in the incumbent.
func (s *state) apply(u *location.Update, r *registration) (code int, err error) {
	code = added
	var regID int32
	for i := range r.bindings {
		b := &r.bindings[i]
		old := s.match(u, b)
		if b.contact.RegID != 0 {
			regID = b.contact.RegID
		}
		b.contact.RegID = regID
		did, err := s.applyOne(u, b, old, r)
		if err != nil {
			return 0, err
		}
		if did != 0 {
			code = did
		}
	}
	return code, nil
}

// errRepeated says that a contact is a repetition of what is stored already.
var errRepeated = errors.New("registrar: repeated request")

func (s *state) applyOne(u *location.Update, b *binding, old *location.Contact, r *registration) (did int, err error) {
	switch err := s.checkOrder(old, b); {
	case errors.Is(err, errRepeated):
		return 0, nil
	case err != nil:
		return 0, err
	case old == nil && b.lifetime == 0:
		return 0, nil
	case old == nil:
		u.Insert(b.contact)
		return added, nil
	case b.lifetime == 0:
		u.Delete(old)
		return removed, nil
	}
	if b.contact.Instance == "" { // found by its URI or Call-ID: its identity stays
		b.contact.URI, b.contact.Instance, b.contact.RegID = old.URI, old.Instance, old.RegID
		u.Replace(old, b.contact)
		return refreshed, nil
	}
	u.Replace(old, b.contact)
	if !r.outbound {
		s.dropOthers(u, b, r)
	}
	return refreshed, nil
}

// checkOrder compares the CSeq of requests with the same Call-ID (RFC 3261 10.3 step 7).
// Contacts with an instance are exempt, as in the incumbent.
func (s *state) checkOrder(old *location.Contact, b *binding) error {
	if old == nil || old.CallID != b.contact.CallID || b.contact.Instance != "" && old.Instance == b.contact.Instance {
		return nil
	}
	switch {
	case b.contact.CSeq > old.CSeq:
		return nil
	case b.contact.CSeq == old.CSeq && b.contact.LastModified < old.LastModified+s.location.Rules.CSeqDelay:
		return errRepeated
	}
	return errCSeq
}

// dropOthers removes the further contacts of an instance whose client knows no outbound, but
// for those that the request names too.
func (s *state) dropOthers(u *location.Update, b *binding, r *registration) {
	for _, other := range slices.Clone(u.Contacts()) {
		if other.Instance == b.contact.Instance && other.RegID != b.contact.RegID && !s.named(u, r, other) {
			u.Delete(other)
		}
	}
}

func (s *state) named(u *location.Update, r *registration, x *location.Contact) bool {
	for i := range r.bindings {
		if s.match(u, &r.bindings[i]) == x {
			return true
		}
	}
	return false
}
