package location

import (
	"slices"
	"strings"
)

// Update is an address of record while its contacts are changed by one goroutine: nobody sees
// the changes before all are made.
type Update struct {
	table  *Table
	aor    string
	list   []*Contact
	copied bool // list is ours to change
	events []Event
	one    [1]Event // most updates change one contact
}

// Update calls f to change the contacts of an address of record. If f gives an error, nothing
// has changed. f must be short, and must not use the table itself. A table with a backing saves
// the changes before they are visible, which blocks; where that fails nothing has changed and
// the error is the backing's. The observers have been told when Update returns; they may block.
func (t *Table) Update(aor string, f func(*Update) error) error {
	u := Update{table: t, aor: aor}
	u.events = u.one[:0]
	if err := u.runWith(t.options.Backing, f); err != nil {
		return err
	}
	t.store.tell(u.events)
	return nil
}

func (u *Update) runWith(backing Backing, f func(*Update) error) error {
	if backing != nil {
		return u.runThrough(f)
	}
	return u.run(f)
}

func (u *Update) run(f func(*Update) error) error {
	hash := Hash(u.aor)
	s := u.table.part(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(hash, u.aor)
	if r != nil {
		u.aor, u.list = r.aor, r.contacts
	}
	if err := f(u); err != nil {
		return err
	}
	if len(u.events) > 0 {
		u.commit(s, hash, r)
	}
	return nil
}

// AOR is the address of record.
func (u *Update) AOR() string { return u.aor }

// Contacts are the contacts as changed so far, in the table's order. The slice is good until the next change.
func (u *Update) Contacts() []*Contact { return u.list }

// Insert stores a further contact. What is returned is the stored one, which is never changed.
func (u *Update) Insert(c Contact) *Contact {
	if c.RUID == "" {
		c.RUID = u.table.store.NewRUID()
	}
	n := new(c)
	n.keep(nil, &u.table.store.agents)
	u.own()
	u.list = slices.Insert(u.list, u.placeOfNew(n), n)
	u.events = append(u.events, Event{Kind: Inserted, Contact: n})
	return n
}

// Replace stores c in place of old, which must be one of Contacts. An empty RUID is taken over from old.
func (u *Update) Replace(old *Contact, c Contact) *Contact {
	if c.RUID == "" {
		c.RUID = old.RUID
	}
	n := new(c)
	n.keep(old, &u.table.store.agents)
	u.own()
	i := slices.Index(u.list, old)
	u.list[i] = n
	u.move(i)
	u.events = append(u.events, Event{Kind: Updated, Contact: n, Old: old})
	return n
}

// Delete removes a contact, which must be one of Contacts.
func (u *Update) Delete(c *Contact) {
	u.own()
	i := slices.Index(u.list, c)
	u.list = slices.Delete(u.list, i, i+1)
	u.events = append(u.events, Event{Kind: Deleted, Contact: c})
}

// Expire removes a contact, which must be one of Contacts, as if its time had come.
func (u *Update) Expire(c *Contact) {
	u.Delete(c)
	u.events[len(u.events)-1].Kind = Expired
	u.table.expired.Add(1)
}

// DeleteAll removes all contacts.
func (u *Update) DeleteAll() {
	for len(u.list) > 0 {
		u.Delete(u.list[0])
	}
}

// own makes the list a copy: others read the stored one.
func (u *Update) own() {
	if u.copied {
		return
	}
	u.copied = true
	list := make([]*Contact, len(u.list), len(u.list)+1)
	copy(list, u.list)
	u.list = list
}

// placeOfNew is the place for a new contact: behind those with the same q.
func (u *Update) placeOfNew(c *Contact) int {
	if u.table.options.Order == ByTime {
		return 0
	}
	for i, other := range u.list {
		if other.Q < c.Q {
			return i
		}
	}
	return len(u.list)
}

// move gives the refreshed contact at i its new place. As in the incumbent, one whose new q
// does not fit its place goes before the first one with at least that q, not behind the last one.
func (u *Update) move(i int) {
	c := u.list[i]
	if u.table.options.Order == ByQ && u.fits(i) {
		return
	}
	u.list = slices.Delete(u.list, i, i+1)
	to := 0
	if u.table.options.Order == ByQ {
		for to < len(u.list) && u.list[to].Q < c.Q {
			to++
		}
	}
	u.list = slices.Insert(u.list, to, c)
}

func (u *Update) fits(i int) bool {
	if i > 0 && u.list[i-1].Q < u.list[i].Q {
		return false
	}
	return i+1 == len(u.list) || u.list[i+1].Q <= u.list[i].Q
}

// commit makes the changes visible. r is the stored record, nil if there was none.
func (u *Update) commit(s *stripe, hash uint64, r *record) {
	switch {
	case r == nil && len(u.list) > 0:
		u.aor = strings.Clone(u.aor)
		s.records[hash] = &record{aor: u.aor, contacts: slices.Clip(u.list), next: s.records[hash]}
		u.table.users.Add(1)
	case r != nil && len(u.list) == 0:
		s.remove(hash, r)
		u.table.users.Add(-1)
	case r != nil:
		r.contacts = slices.Clip(u.list)
	}
	u.seal()
	for i := range u.events {
		e := &u.events[i]
		s.seq++
		e.Seq = s.seq
		u.table.contacts.Add(s.heap.apply(e))
	}
}

// seal completes the events. Nobody else has seen a new contact yet.
func (u *Update) seal() {
	for i := range u.events {
		e := &u.events[i]
		e.Table, e.AOR = u.table, u.aor
		if e.Kind == Inserted || e.Kind == Updated {
			e.Contact.AOR = u.aor
		}
	}
}

// remove takes a record out of the chain of its hash.
func (s *stripe) remove(hash uint64, r *record) {
	head := s.records[hash]
	if head == r {
		if r.next == nil {
			delete(s.records, hash)
			return
		}
		s.records[hash] = r.next
		return
	}
	for head.next != r {
		head = head.next
	}
	head.next = r.next
}
