package msilo

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/tm"
)

// readers is how many mailboxes are read at the same time, besides those that begin.
const readers = 4

// readMailboxes reads for mailboxes that have more to send.
func (s *state) readMailboxes(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-s.mailboxes.reads:
			p := s.read(b)
			b.shard.Post(0, shard.Func(func() { s.turn(b, p) }))
		}
	}
}

// query reads a page of rows.
func (s *state) query(q db.Query) (p page) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	p.read = s.claims.begin()
	var rows []db.Row
	if rows, p.err = s.db.Select(ctx, q); p.err != nil {
		s.server.Log.Write(log.Err, "msilo", "reading the silo: "+p.err.Error())
		return p
	}
	p.rows = make([]message, len(rows))
	for i, r := range rows {
		p.rows[i] = scan(r)
	}
	return p
}

// turn goes to the next page of a mailbox and sends it, if it has a place among those that send. After an error what was
// not read waits for the next registration. From here on all runs in the mailbox's shard.
func (s *state) turn(b *mailbox, p page) {
	b.reading = false
	n := len(p.rows)
	if n > 0 && !b.placed && !s.mailboxes.place(b) {
		return
	}
	b.page, b.end, b.newest = p, p.err != nil || n < window, p.newest
	if n > 0 {
		b.last = p.rows[n-1].id
	}
	s.advance(b)
}

// advance sends what may be sent, and then asks for the next page or ends the mailbox.
func (s *state) advance(b *mailbox) {
	if b.sending || b.reading {
		return // who does that goes on here
	}
	b.sending = true
	for m, ok := b.next(); ok; m, ok = b.next() {
		s.deliver(b, &m)
	}
	b.sending = false
	switch {
	case b.credit > 0 && !b.end:
		b.reading = true
		s.mailboxes.reads <- b
	case b.flying == 0:
		s.mailboxes.leave(b)
	}
}

// deliver sends one message, unless it is on its way already.
func (s *state) deliver(b *mailbox, m *message) {
	id, sent := m.id, s.server.Clock.Now()
	if !s.claims.take(id, b.page.read, false) {
		return
	}
	b.credit--
	b.flying++
	r := s.offline(m, b.headers)
	r.Done = func(r tm.LocalResult) { s.answered(b, id, sent, &r) }
	if _, err := b.shard.TM.Start(r); err != nil {
		s.undelivered(id, err)
		b.flying--
	}
}

// undelivered keeps a message that could not even be sent.
func (s *state) undelivered(id int64, err error) {
	s.server.Log.Write(log.Warn, "msilo", "a message cannot be sent: "+err.Error())
	s.messages.failed.Add(1)
	s.claims.release(id)
}

// answered removes a message that was accepted. Any answer lets the next message go; silence does
// not, so that a client that is gone is not sent its whole mailbox.
func (s *state) answered(b *mailbox, id int64, sent time.Time, r *tm.LocalResult) {
	if r.Code < 200 {
		return
	}
	b.flying--
	if r.Code < 300 {
		s.messages.dumped.Add(1)
		s.remover.add(change{id: id})
	} else {
		s.messages.failed.Add(1)
		s.claims.release(id)
	}
	if r.Reply != nil {
		b.credit++
		s.mailboxes.answered(b, sent)
	}
	s.advance(b)
}
