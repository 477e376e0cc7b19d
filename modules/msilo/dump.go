package msilo

import (
	"context"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) mdump(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return kemi.Int(-1)
	}
	to, err := c.Msg.To()
	if err != nil {
		return kemi.Int(-1)
	}
	return s.dump(c, to.URIText)
}

func (s *state) mdumpURI(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.dump(c, a.Str(0)) }

// dump begins to send what is stored for the owner. The first messages are on their way when it
// returns; the others follow as these are answered.
func (s *state) dump(c *kemi.Ctx, uri string) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest || !takesMessages(c.Msg.Message) {
		return kemi.Int(-1)
	}
	user, host, err := userAndHost(uri)
	if err != nil || s.db.Down() {
		return kemi.Int(-1)
	}
	b := &mailbox{user: user, host: host, shard: c.Shard, headers: s.variables.extraHeaders.Text(c), credit: window}
	s.registrations.note(owner{user, host}, b.headers)
	switch s.mailboxes.enter(b) {
	case refused:
		c.Log(log.Warn, "msilo", "too many mailboxes are being sent: that of "+uri+" waits for the next registration")
		return kemi.Int(-1)
	case begun:
		return s.beginDump(c, b)
	}
	return kemi.Int(1)
}

func (s *state) beginDump(c *kemi.Ctx, b *mailbox) kemi.Value {
	var p page
	read := false
	defer func() {
		if !read { // no more routes may wait, so this one has ended: a reader does it
			s.mailboxes.reads <- b
		}
	}()
	c.Wait(func() { p = s.read(b) })
	read = true
	s.turn(b, p)
	if p.err != nil {
		return kemi.Int(-1)
	}
	return kemi.Int(1)
}

// takesMessages tells whether the client that registers wants MESSAGE requests: a contact of
// it stays, and its Allow header, if it has one, or a contact's methods name MESSAGE.
func takesMessages(r *sip.Message) bool {
	allowed, restricted := r.Allowed()
	may := !restricted || allowed.Has(sip.MethodMessage)
	stays := false
	standard := defaultExpires(r)
	for contacts := r.Contacts(); contacts.Next(); {
		if contacts.Star {
			return false
		}
		p, _ := contacts.Addr.ContactParams() // an unreadable lifetime is taken as none
		stays = stays || p.Expires > 0 || p.Expires < 0 && standard && !hasExpires(&contacts.Addr)
		may = may || p.Methods.Has(sip.MethodMessage)
	}
	return stays && may
}

// defaultExpires tells whether contacts without a lifetime of their own stay.
func defaultExpires(r *sip.Message) bool {
	if r.First(sip.HdrExpires) == nil {
		return true
	}
	n, ok, err := r.Expires()
	return err == nil && ok && n > 0
}

func hasExpires(a *sip.NameAddr) bool {
	_, has := a.Param("expires")
	return has
}

// page is what a read of a mailbox gives.
type page struct {
	rows   []message
	newest int64  // number of the last row of the mailbox when it was first read; 0: these are all
	read   uint64 // its number for claims
	err    error
}

// read gives the next messages of a mailbox, the oldest first. It blocks; it must not run at the same time as another
// read of the same mailbox.
//
// What is stored after the first read is for the next registration: a message that comes back, because the phone is
// silent and the script stores it anew, would go in a circle else.
func (s *state) read(b *mailbox) page {
	c := &s.columns
	q := db.Query{
		Table: s.table, Columns: c.read(), Order: c.id, Limit: window,
		Where: []db.Cond{db.Eq(c.user, b.user), db.Eq(c.host, b.host), db.Eq(c.sendAt, 0), {Column: c.id, Op: ">", Value: b.last}},
	}
	if b.newest > 0 {
		q.Where = append(q.Where, db.Cond{Column: c.id, Op: "<=", Value: b.newest})
	}
	p := s.query(q)
	p.newest = b.newest
	if p.newest == 0 && len(p.rows) == window {
		p.newest = s.newest(q, p.rows[window-1].id)
	}
	return p
}

// newest is the number of a mailbox's last row, or what is known of it.
func (s *state) newest(q db.Query, known int64) int64 {
	q.Columns, q.Order, q.Limit = []string{s.columns.id}, s.columns.id+" DESC", 1
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	rows, err := s.db.Select(ctx, q)
	if err != nil || len(rows) == 0 {
		return known // what is behind waits for the next registration
	}
	return rows[0].Int(0)
}
