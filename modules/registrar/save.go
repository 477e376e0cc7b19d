package registrar

import (
	"errors"

	"github.com/moonroute/moonroute/core/location"
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
	u, err := s.server.Core.ParseURI(uri)
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
	if before != nil && t.Asks() {
		if x, known := errors.AsType[*refusal](before); known && x.store {
			return nil, before
		}
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
