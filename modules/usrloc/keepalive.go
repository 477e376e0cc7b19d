package usrloc

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// keepalive sends requests to contacts, so that the paths through NATs stay open, and notes
// who answers. The requests belong to no transaction: their From tags say what they are about.
type keepalive struct {
	mode, filter, interval, randomize, timeout, logLevel int
	from, domain, method, logText, codes                 string

	s         *state
	logFormat *kemi.Format
	accepted  map[int]bool // status codes that count as answers; nil: all
	sent      uint64       // requests so far; the timer's

	mu    sync.Mutex
	known map[string]*heard // by the contact's id
}

// heard is what is known of one contact.
type heard struct {
	asked     int64 // Unix seconds of the last request
	answered  int64 // Unix seconds of the last answer; 0: none
	roundtrip int64 // of that, in microseconds
}

// The bits of ka_mode and of ka_filter.
const (
	onlyNAT       = 2
	onlyUDP       = 4
	onlyOwnServer = 1
)

func (k *keepalive) start(s *state) (err error) {
	k.s, k.known = s, map[string]*heard{}
	if k.logFormat, err = s.server.Registry.Format(k.logText); err != nil {
		return fmt.Errorf("ka_logmsg: %w", err)
	}
	if k.codes != "0" {
		k.accepted = map[int]bool{}
		for code := range strings.SplitSeq(k.codes, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(code))
			if err != nil {
				return fmt.Errorf("ka_reply_codes=%q: want numbers with commas between them", k.codes)
			}
			k.accepted[n] = true
		}
	}
	s.location.Observe(k)
	s.server.Core.OnReply(k.take)
	return nil
}

// LocationChanged implements location.Observer: what is known of a contact goes with it.
func (k *keepalive) LocationChanged(e location.Event) {
	if e.Kind == location.Deleted || e.Kind == location.Expired {
		k.mu.Lock()
		delete(k.known, e.Contact.RUID)
		k.mu.Unlock()
	}
}

// keepaliveBatch is how many requests are sent at a time.
const keepaliveBatch = 100

// round asks the contacts of a table that are due, spread over ka_randomize seconds, and lets
// those expire that have not answered for ka_timeout seconds.
func (k *keepalive) round(ctx context.Context, t *location.Table) {
	batches := t.Contacts()/keepaliveBatch + 1
	pause := time.Duration(min(k.randomize, k.s.timerInterval/2)) * time.Second / time.Duration(batches)
	var batch []*location.Contact
	t.Each(func(aor string, contacts []*location.Contact) bool {
		for _, c := range contacts {
			if k.silent(c) {
				k.s.remove(t, aor, k.silent)
			} else if k.due(c) {
				batch = append(batch, c)
			}
		}
		if len(batch) >= keepaliveBatch {
			k.send(batch)
			batch = batch[:0]
			sleep(ctx, pause)
		}
		return ctx.Err() == nil
	})
	k.send(batch)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (k *keepalive) due(c *location.Contact) bool {
	switch {
	case k.mode&onlyNAT != 0 && !k.s.behindNAT(c),
		k.mode&onlyUDP != 0 && (c.Socket == nil || c.Socket.Proto != flow.UDP),
		k.filter&onlyOwnServer != 0 && c.ServerID != k.s.location.Rules.ServerID,
		!c.Valid(k.s.now()):
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.known[c.RUID]
	return h == nil || h.asked+int64(k.interval) <= k.s.now()
}

// silent tells of a contact that was asked and has not answered for too long.
func (k *keepalive) silent(c *location.Contact) bool {
	if k.timeout <= 0 {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.known[c.RUID]
	return h != nil && h.asked > h.answered && max(h.answered, c.LastModified)+int64(k.timeout) < k.s.now()
}

// send sends a batch from a shard, which the next batch's differs from.
func (k *keepalive) send(batch []*location.Contact) {
	if len(batch) == 0 {
		return
	}
	shard := int(k.sent/keepaliveBatch) % len(k.s.server.Shards())
	k.s.server.OnShard(shard, func(sh *kemi.Shard) {
		for _, c := range batch {
			k.sendOne(sh, c)
		}
	})
}

func (k *keepalive) sendOne(sh *kemi.Shard, c *location.Contact) {
	k.mu.Lock()
	h := k.known[c.RUID]
	if h == nil {
		h = new(heard)
		k.known[c.RUID] = h
	}
	h.asked = k.s.now()
	k.mu.Unlock()
	k.sent++
	if f, ok := k.way(sh, c); ok {
		// A contact that cannot be reached does not answer; that is what ka_timeout is for.
		_ = k.s.server.Core.Send(f, k.request(c, f), route.NoConnect, nil)
	}
}

// take notes the answer to a keep-alive; other replies are none of its business.
func (k *keepalive) take(shard int, m *route.Message) bool {
	if !strings.HasPrefix(m.CallID(), "ksrulka-") {
		return false
	}
	from, err := m.From()
	if err != nil {
		return false
	}
	ruid, at, ok := strings.Cut(from.Tag, tagMark)
	sent, err := strconv.ParseInt(at, 16, 64)
	if !ok || err != nil {
		return false
	}
	if k.accepted == nil || k.accepted[m.Status] {
		k.note(ruid, sent)
	}
	k.logAnswer(shard, m, ruid, sent)
	return true
}

func (k *keepalive) note(ruid string, sent int64) {
	now := k.s.server.Clock.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if h := k.known[ruid]; h != nil {
		h.answered, h.roundtrip = now.Unix(), max(now.UnixMicro()-sent, 0)
	}
}

// answer is the time of a contact's last answer, or of its REGISTER, and the round trip in microseconds.
func (k *keepalive) answer(c *location.Contact) (at, roundtrip int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if h := k.known[c.RUID]; h != nil && h.answered > 0 {
		return h.answered, h.roundtrip
	}
	return c.LastModified, 0
}
