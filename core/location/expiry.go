package location

import "slices"

// expireBatch is how many contacts go away under one hold of a stripe's lock.
const expireBatch = 64

// expiryHeap has the contacts of a stripe that expire, the next one first. Each contact knows
// its place, so that a refresh moves it instead of leaving a stale entry behind.
type expiryHeap []*Contact

// apply follows a change of a contact, and tells by how much the number of contacts changed.
func (h *expiryHeap) apply(e *Event) int64 {
	switch e.Kind {
	case Inserted:
		h.push(e.Contact)
		return 1
	case Updated:
		h.replace(e.Old, e.Contact)
		return 0
	}
	h.remove(e.Contact)
	return -1
}

func (h *expiryHeap) push(c *Contact) {
	c.place = -1
	if c.Expires == 0 {
		return
	}
	*h = append(*h, c)
	c.place = int32(len(*h) - 1)
	h.up(len(*h) - 1)
}

func (h *expiryHeap) replace(old, c *Contact) {
	if old.place < 0 || c.Expires == 0 {
		h.remove(old)
		h.push(c)
		return
	}
	i := int(old.place)
	h.set(i, c)
	if !h.down(i) {
		h.up(i)
	}
}

func (h *expiryHeap) remove(c *Contact) {
	i := int(c.place)
	if i < 0 {
		return
	}
	c.place = -1
	last := len(*h) - 1
	moved := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	if i == last {
		return
	}
	h.set(i, moved)
	if !h.down(i) {
		h.up(i)
	}
}

func (h *expiryHeap) set(i int, c *Contact) {
	(*h)[i] = c
	c.place = int32(i)
}

func (h *expiryHeap) up(i int) {
	c := (*h)[i]
	for i > 0 {
		parent := (i - 1) / 2
		if (*h)[parent].Expires <= c.Expires {
			break
		}
		h.set(i, (*h)[parent])
		i = parent
	}
	h.set(i, c)
}

// down tells whether the contact at i moved.
func (h *expiryHeap) down(i int) bool {
	c, start := (*h)[i], i
	for {
		child := 2*i + 1
		if child >= len(*h) {
			break
		}
		if right := child + 1; right < len(*h) && (*h)[right].Expires < (*h)[child].Expires {
			child = right
		}
		if (*h)[child].Expires >= c.Expires {
			break
		}
		h.set(i, (*h)[child])
		i = child
	}
	h.set(i, c)
	return i != start
}

// Expire removes the contacts that expired at or before an instant in Unix seconds, and
// tells how many those were. It holds a lock for a few contacts at a time only. The
// observers are told; they may block.
func (t *Table) Expire(now int64) (removed int) {
	for i := range t.parts {
		for {
			events := t.expireSome(&t.parts[i], now)
			removed += len(events)
			t.store.tell(events)
			if len(events) < expireBatch {
				break
			}
		}
	}
	return removed
}

func (t *Table) expireSome(s *stripe, now int64) (events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.heap) > 0 && s.heap[0].Expires <= now && len(events) < expireBatch {
		c := s.heap[0]
		s.heap.remove(c)
		t.forget(s, c)
		s.seq++
		events = append(events, Event{Kind: Expired, Table: t, AOR: c.AOR, Contact: c, Seq: s.seq})
	}
	return events
}

// forget takes an expired contact out of its record, and the record out of the stripe if it was the last one.
func (t *Table) forget(s *stripe, c *Contact) {
	t.contacts.Add(-1)
	t.expired.Add(1)
	hash := Hash(c.AOR)
	r := s.find(hash, c.AOR)
	if len(r.contacts) == 1 {
		s.remove(hash, r)
		t.users.Add(-1)
		return
	}
	i := slices.Index(r.contacts, c)
	r.contacts = slices.Concat(r.contacts[:i], r.contacts[i+1:])
}

// TellExpired tells the observers of a contact that expired in the database of a table that
// keeps nothing in memory.
func (t *Table) TellExpired(c *Contact) {
	t.expired.Add(1)
	t.store.tell([]Event{{Kind: Expired, Table: t, AOR: c.AOR, Contact: c}})
}
