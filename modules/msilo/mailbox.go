package msilo

import (
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/kemi"
)

// Bounds of what is on its way at once.
const (
	// window is how many messages one mailbox has on its way. Each answer lets the next one go.
	window = 16
	// maxActive is how many mailboxes are read or sent at the same time; others wait for their turn.
	maxActive = 1024
	// maxQueued is how many may wait. They are small: nothing is kept of what was read for them.
	maxQueued = 65536
)

// mailbox is the messages of one user on their way. But for the first lines it belongs to its shard.
type mailbox struct {
	user, host string
	shard      *kemi.Shard
	headers    string // extra_hdrs, as the REGISTER filled it

	// mailboxes.mu guards these.
	again  bool      // registered once more meanwhile
	heard  time.Time // when the last answer came, or the first message could be sent
	prompt bool      // answers came soon
	late   bool      // and others late

	page    page
	last    int64 // number of the last row that was read
	newest  int64 // number of the last row that is to be sent
	end     bool  // there are no more rows
	credit  int   // messages that may be sent now
	flying  int   // messages that wait for their answer
	reading bool  // a reader works for it, or it waits for its turn
	sending bool  // a message is being sent, which may let go of the shard
	placed  bool  // it has had a place among those that send
}

// restart begins again with the oldest message.
func (b *mailbox) restart() {
	b.page, b.last, b.newest, b.end, b.credit = page{}, 0, 0, false, window
}

// next takes the next row that may be sent.
func (b *mailbox) next() (m message, ok bool) {
	if len(b.page.rows) == 0 || b.credit == 0 {
		return message{}, false
	}
	m = b.page.rows[0]
	b.page.rows = b.page.rows[1:]
	return m, true
}

// owner names a mailbox.
type owner struct{ user, host string }

// mailboxes are those that are being sent, at most one for each owner, and those that wait for their turn.
type mailboxes struct {
	clock clock.Clock

	mu      sync.Mutex
	open    map[owner]*mailbox
	active  int // those that wait do not count
	waiting []*mailbox
	paused  []*mailbox            // have messages, and wait for a place among those that send
	sending map[*mailbox]struct{} // have such a place
	pace    pace
	reads   chan *mailbox // that need a reader; each active one stands here at most once
}

func (x *mailboxes) init(clock clock.Clock) {
	x.clock = clock
	x.open, x.sending = map[owner]*mailbox{}, map[*mailbox]struct{}{}
	x.pace.allowed = leastSending
	x.reads = make(chan *mailbox, 2*maxActive)
}

// entry is what became of a mailbox that somebody wants sent.
type entry int

const (
	begun   entry = iota // the caller reads and sends
	joined               // it waits, or is being sent already and is looked at once more afterwards
	refused              // too many wait
)

func (x *mailboxes) enter(b *mailbox) entry {
	x.mu.Lock()
	defer x.mu.Unlock()
	name := owner{b.user, b.host}
	if other := x.open[name]; other != nil {
		other.again = true
		return joined
	}
	if len(x.waiting)+len(x.paused) >= maxQueued {
		return refused
	}
	x.open[name] = b
	b.reading = true
	if x.active >= maxActive {
		x.waiting = append(x.waiting, b)
		return joined
	}
	x.active++
	return begun
}

// place tells whether a mailbox that has messages may send them now. If not, it comes to be read again when it may.
func (x *mailboxes) place(b *mailbox) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.sending) < x.pace.allowed {
		x.give(b)
		return true
	}
	b.restart()
	b.reading = true
	x.active--
	x.paused = append(x.paused, b)
	x.next()
	return false
}

func (x *mailboxes) give(b *mailbox) {
	b.placed, b.heard = true, x.clock.Now()
	x.sending[b] = struct{}{}
}

// answered notes the answer to a message that was sent at an instant.
func (x *mailboxes) answered(b *mailbox, sent time.Time) {
	now := x.clock.Now()
	x.mu.Lock()
	defer x.mu.Unlock()
	b.heard = now
	if now.Sub(sent) < lateAnswer {
		b.prompt = true
		return
	}
	b.late = true
	x.pace.late(sent, now)
}

// leave ends a mailbox, unless its user has registered again, and lets others go on.
func (x *mailboxes) leave(b *mailbox) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if b.again {
		b.again, b.reading = false, true
		b.restart()
		x.reads <- b
		return
	}
	delete(x.open, owner{b.user, b.host})
	delete(x.sending, b)
	x.active--
	if b.prompt && !b.late {
		x.pace.well()
	}
	x.next()
}

// next begins those that wait, as many as may. While the readers are behind it begins none, so that it never waits for them
// with mu; passSilent comes back to it.
func (x *mailboxes) next() {
	for len(x.paused) > 0 && len(x.sending) < x.pace.allowed && len(x.reads) < maxActive {
		b := pop(&x.paused)
		x.active++
		x.give(b)
		x.reads <- b
	}
	for len(x.waiting) > 0 && x.active < maxActive && len(x.reads) < maxActive {
		x.active++
		x.reads <- pop(&x.waiting)
	}
}

// passSilent takes their places from those whose phone has not answered for a while, so that they hold up nobody.
func (x *mailboxes) passSilent() {
	end := x.clock.Now().Add(-silence)
	x.mu.Lock()
	defer x.mu.Unlock()
	for b := range x.sending {
		if b.heard.Before(end) {
			delete(x.sending, b)
		}
	}
	x.next()
}

func pop(list *[]*mailbox) *mailbox {
	b := (*list)[0]
	(*list)[0] = nil
	*list = (*list)[1:]
	return b
}
