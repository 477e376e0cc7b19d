package msilo

import (
	"sync"

	"github.com/moonroute/moonroute/kemi"
)

// Bounds of what is on its way at once.
const (
	// window is how many messages one mailbox has on its way. Each answer lets the next one go.
	window = 16
	// maxActive is how many mailboxes are sent at the same time; others wait for their turn.
	maxActive = 1024
	// maxQueued is how many may wait. They are small: nothing is read for them yet.
	maxQueued = 65536
)

// mailbox is the messages of one user on their way. But for the first lines it belongs to its shard.
type mailbox struct {
	user, host string
	shard      *kemi.Shard
	headers    string // extra_hdrs, as the REGISTER filled it
	again      bool   // registered once more meanwhile; mailboxes.mu guards it

	page    page
	last    int64 // number of the last row that was read
	end     bool  // there are no more rows
	credit  int   // messages that may be sent now
	flying  int   // messages that wait for their answer
	reading bool  // a reader works for it
	sending bool  // a message is being sent, which may let go of the shard
}

// restart begins again with the oldest message.
func (b *mailbox) restart() {
	b.page, b.last, b.end, b.credit = page{}, 0, false, window
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
	mu      sync.Mutex
	open    map[owner]*mailbox
	active  int
	waiting []*mailbox
	reads   chan *mailbox // that need a reader; each active one stands here at most once
}

func (x *mailboxes) init() {
	x.open = map[owner]*mailbox{}
	x.reads = make(chan *mailbox, maxActive)
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
	if len(x.waiting) >= maxQueued {
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

// leave ends a mailbox, unless its user has registered again, and gives its place to the next one.
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
	if len(x.waiting) == 0 {
		x.active--
		return
	}
	next := x.waiting[0]
	x.waiting[0] = nil
	x.waiting = x.waiting[1:]
	x.reads <- next
}
