package locdb

import (
	"sync"

	"github.com/moonroute/moonroute/core/location"
)

// Back collects the changes of a location table and writes them when Flush is called. It is
// an observer of the table's store.
type Back struct {
	table  *Table
	of     *location.Table
	mu     sync.Mutex
	dirty  map[string]*pending // by the contact's id
	gone   int                 // of them those that are to be deleted
	missed bool                // deletions were dropped: the expired rows must be swept
	flush  sync.Mutex          // one flush at a time
}

// maxGone is how many deletions wait for a database that does not answer.
const maxGone = 1 << 20

// pending is what the database does not know yet of a contact: the last change counts.
type pending struct {
	contact *location.Contact
	old     *location.Contact // as the row was written last
	seq     uint64
	fresh   bool // there is no row yet
	gone    bool
	again   bool // an earlier attempt failed: the row may be there or not
}

// NewBack makes the collector of a table's changes. Register it with Store.Observe.
func NewBack(t *Table, of *location.Table) *Back {
	return &Back{table: t, of: of, dirty: map[string]*pending{}}
}

// LocationChanged implements location.Observer.
func (b *Back) LocationChanged(e location.Event) {
	if e.Table != b.of || e.Contact.Flags&location.FlagMemory != 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.dirty[e.Contact.RUID]
	switch {
	case p == nil:
		b.add(&e)
	case e.Seq > p.seq:
		p.follow(&e)
		if p.gone {
			b.gone++
		}
	case e.Kind == location.Inserted: // an older event that came late
		p.fresh = true
	}
}

func (b *Back) add(e *location.Event) {
	p := &pending{fresh: isNew(e), old: e.Old}
	p.follow(e)
	if p.gone && b.gone >= maxGone {
		b.missed = true
		return
	}
	if p.gone {
		b.gone++
	}
	b.dirty[e.Contact.RUID] = p
}

func (p *pending) follow(e *location.Event) {
	p.contact, p.seq = e.Contact, e.Seq
	p.gone = e.Kind == location.Deleted || e.Kind == location.Expired
}

// row is the contact as the database has it.
func (p *pending) row() *location.Contact {
	if p.old != nil {
		return p.old
	}
	return p.contact
}

// State is what the database knows of a contact, in the words of ul.dump.
func (b *Back) State(ruid string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch p := b.dirty[ruid]; {
	case p == nil:
		return "CS_SYNC"
	case p.fresh:
		return "CS_NEW"
	}
	return "CS_DIRTY"
}

// Waiting is how many contacts the database does not know as they are.
func (b *Back) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.dirty)
}

// flushBatch is how many contacts one transaction writes.
const flushBatch = 500

// Flush writes what has changed since the last one. After an error, what is not written
// stays for the next flush. It blocks.
func (b *Back) Flush(now int64) error {
	b.flush.Lock()
	defer b.flush.Unlock()
	b.mu.Lock()
	dirty, missed := b.dirty, b.missed
	b.dirty, b.gone, b.missed = map[string]*pending{}, 0, false
	b.mu.Unlock()
	batch := make([]*pending, 0, flushBatch)
	var err error
	for _, p := range dirty {
		if batch = append(batch, p); len(batch) == flushBatch {
			err = b.writeOrKeep(batch, err)
			batch = batch[:0]
		}
	}
	err = b.writeOrKeep(batch, err)
	if missed {
		err = b.sweep(now, err)
	}
	return err
}

func (b *Back) sweep(now int64, err error) error {
	if err == nil {
		err = b.table.Clean(now)
	}
	if err != nil {
		b.mu.Lock()
		b.missed = true
		b.mu.Unlock()
	}
	return err
}

// writeOrKeep writes a batch unless an earlier one failed.
func (b *Back) writeOrKeep(batch []*pending, err error) error {
	if err == nil {
		err = b.write(batch)
	}
	if err != nil {
		b.keep(batch)
	}
	return err
}

// keep puts a batch back. What has changed since is newer.
func (b *Back) keep(batch []*pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range batch {
		p.again = true
		if now := b.dirty[p.contact.RUID]; now != nil {
			now.fresh, now.again, now.old = now.fresh || p.fresh, true, p.old
			continue
		}
		if p.gone {
			b.gone++
		}
		b.dirty[p.contact.RUID] = p
	}
}

// write puts inserts beside each other, so that they become few statements. Updates whose
// row is missing are written whole.
func (b *Back) write(batch []*pending) error {
	var inserts, updates, deletes []location.Event
	var doubtful []location.Event
	for _, p := range batch {
		e := location.Event{Kind: location.Updated, Contact: p.contact, Old: p.old}
		switch {
		case p.gone && p.fresh && !p.again: // it came and went between two flushes
		case p.gone:
			e.Kind, e.Contact = location.Deleted, p.row()
			deletes = append(deletes, e)
		case p.again:
			doubtful = append(doubtful, e)
		case p.fresh:
			e.Kind = location.Inserted
			inserts = append(inserts, e)
		default:
			updates = append(updates, e)
		}
	}
	if len(updates) > 0 {
		if err := b.table.Save("", updates); err != nil {
			return err
		}
	}
	writes, _ := b.table.writes(append(inserts, deletes...))
	if writes = append(writes, b.table.replacing(doubtful)...); len(writes) == 0 {
		return nil
	}
	if err := b.table.db.Write(writes...); err != nil {
		return b.table.fail("writing", err)
	}
	return nil
}

var _ location.Backing = (*Table)(nil)
