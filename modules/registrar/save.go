package registrar

import (
	"errors"
	"slices"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// The flags of save.
const (
	inMemory     = 1  // the contacts are not written to a database
	noReply      = 2  // the reply waits for reg_send_reply
	oneContact   = 4  // the contacts of this request replace all others
	exactExpires = 8  // lifetimes do not vary (expires_range, default_expires_range)
	headersOnly  = 16 // with noReply: the headers go with the reply that the script sends
)

// What save did, as it tells the script.
const (
	added     = 1
	refreshed = 2
	removed   = 3
	queried   = 4
)

func (s *state) save(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	to, err := c.Msg.To()
	if err != nil {
		return s.saveFor(c, a, "")
	}
	return s.saveFor(c, a, to.URIText)
}

func (s *state) saveURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	return s.saveFor(c, a, a.Str(2))
}

func (s *state) saveFor(c *kemi.Ctx, a *kemi.Args, uri string) kemi.Value {
	t := s.table(c, "save", a.Str(0))
	if t == nil {
		return no
	}
	code, out := s.register(c, t, a.Int(1), uri)
	if code > 0 {
		s.accepted.Add(1)
	} else {
		s.rejected.Add(1)
	}
	switch {
	case a.Int(1)&noReply == 0:
		s.send(c, out)
	case a.Int(1)&headersOnly != 0:
		s.addHeaders(c, out)
	default:
		s.makeScratch(c).reply = out
	}
	return kemi.Int(code)
}

// register does what a REGISTER asks for, all of it or nothing (RFC 3261 10.3), and makes the reply.
func (s *state) register(c *kemi.Ctx, t *location.Table, flags int, uri string) (code int, out *reply) {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return -1, s.refuse(errAOR, nil, nil)
	}
	r, err := s.read(c, &u, flags)
	showPath := false
	if err == nil {
		showPath, err = s.checkPath(c.Msg, r)
	}
	if err == nil {
		code, err = s.store(c, t, r, flags)
	}
	contacts, err := s.contactsAfter(c, t, r.aor, err)
	if err != nil {
		code, out = result(err), s.refuse(err, r, contacts)
	} else {
		out = s.accept(r, contacts)
	}
	if showPath {
		out.path = r.common.Path
	}
	return code, out
}

// contactsAfter gives what the reply lists, and the error of before unless there was none. A
// database that has just failed is not asked again.
func (s *state) contactsAfter(c *kemi.Ctx, t *location.Table, aor string, before error) ([]*location.Contact, error) {
	var x *refusal
	if t.Asks() && errors.As(before, &x) && x.store {
		return nil, before
	}
	list, err := s.fetch(c, t, aor)
	if before != nil {
		err = before
	}
	return list, err
}

// result is what save tells the script of a failure.
func result(err error) int {
	var x *refusal
	if errors.As(err, &x) && x.result != 0 {
		return x.result
	}
	return -1
}

// store changes the user's contacts. Where they are kept in a database too, the changes are
// committed when it returns: nothing that is acknowledged can be lost.
func (s *state) store(c *kemi.Ctx, t *location.Table, r *registration, flags int) (code int, err error) {
	if !r.star && len(r.bindings) == 0 {
		return queried, nil
	}
	limit := s.number(c.Msg, "max_contacts", s.maxContacts.Get())
	code, err = s.update(c, t, r.aor, func(u *location.Update) (int, error) {
		if r.star {
			u.DeleteAll()
			return removed, nil
		}
		if flags&oneContact != 0 {
			s.keepOnly(u, r)
		} else if limit > 0 && s.count(u, r) > limit {
			return 0, errTooMany
		}
		return s.apply(u, r)
	})
	if err != nil {
		return 0, s.storeError(c, err, code)
	}
	return code, nil
}

// storeError is what the client is told of a database that does not do its part; the log has why.
func (s *state) storeError(c *kemi.Ctx, err error, code int) error {
	var known *refusal
	if errors.As(err, &known) {
		return err
	}
	complain(c, "save", err)
	kind := location.Inserted
	switch code {
	case refreshed:
		kind = location.Updated
	case removed:
		kind = location.Deleted
	}
	return errStore[kind]
}

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
