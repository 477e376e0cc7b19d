package location

import (
	"slices"
	"strings"
)

// Backing keeps the contacts of a table in a database too. Its methods block, and are called
// without a stripe's lock.
type Backing interface {
	// Save makes the changes of one address of record durable, all of them or none. After an
	// error the table does not change either.
	Save(aor string, events []Event) error
	// Load reads the contacts of an address of record, those that have expired as well.
	Load(aor string) ([]Contact, error)
	// LoadRUID reads one contact by its id; found is false if there is none.
	LoadRUID(ruid string) (c Contact, found bool, err error)
}

// lines is how many addresses of record can be saved side by side; a power of two.
const lines = 1024

// Asks tells that Fetch and FetchRUID ask a database, and may block.
func (t *Table) Asks() bool { return t.options.Unkept }

// Saves tells that Update writes to a database before it returns, and may block.
func (t *Table) Saves() bool { return t.options.Backing != nil }

// Fetch is Lookup for tables of every kind: one that keeps nothing in memory asks its
// database, and the error is the database's.
func (t *Table) Fetch(aor string) ([]*Contact, error) {
	if !t.options.Unkept {
		return t.Lookup(aor), nil
	}
	list, err := t.options.Backing.Load(aor)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	u := Update{table: t, aor: aor, copied: true}
	for i := range list {
		c := &list[i]
		c.AOR = aor
		u.list = slices.Insert(u.list, u.placeOfNew(c), c)
	}
	return u.list, nil
}

// FetchRUID is LookupRUID for tables of every kind.
func (t *Table) FetchRUID(hash uint64, ruid string) (*Contact, error) {
	if !t.options.Unkept {
		_, c := t.LookupRUID(hash, ruid)
		return c, nil
	}
	c, found, err := t.options.Backing.LoadRUID(ruid)
	if err != nil || !found || Hash(c.AOR) != hash {
		return nil, err
	}
	return &c, nil
}

// OwnerOf tells whose contact an id is, in tables that ask a database; empty: nobody's, or the
// table is kept in memory, where only the address of record leads to a contact.
func (t *Table) OwnerOf(ruid string) (aor string, err error) {
	if !t.options.Unkept {
		return "", nil
	}
	c, found, err := t.options.Backing.LoadRUID(ruid)
	if err != nil || !found {
		return "", err
	}
	return c.AOR, nil
}

// Restore puts a contact that was read from a database into the table. Observers are not told.
func (t *Table) Restore(c Contact) {
	aor := c.AOR
	u := Update{table: t, aor: aor}
	s, hash := t.part(Hash(aor)), Hash(aor)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(hash, aor)
	if r != nil {
		u.aor, u.list = r.aor, r.contacts
	}
	u.Insert(c)
	u.commit(s, hash, r)
}

// runThrough changes an address of record in the database first, then in memory. Updates of
// the same address of record wait for each other; lookups see the old contacts meanwhile.
func (u *Update) runThrough(f func(*Update) error) error {
	hash := Hash(u.aor)
	line := &u.table.lines[hash>>32%lines]
	line.Lock()
	defer line.Unlock()
	list, err := u.table.Fetch(u.aor)
	if err != nil {
		return err
	}
	u.list = list
	if len(list) > 0 {
		u.aor = list[0].AOR
	} else {
		u.aor = strings.Clone(u.aor)
	}
	if err := f(u); err != nil || len(u.events) == 0 {
		return err
	}
	u.seal()
	if saved := u.saved(); len(saved) > 0 {
		if err := u.table.options.Backing.Save(u.aor, saved); err != nil {
			return err
		}
	}
	if !u.table.options.Unkept {
		u.publish(hash, list)
	}
	return nil
}

// saved are the events that concern the database.
func (u *Update) saved() []Event {
	memoryOnly := func(e Event) bool { return e.Contact.Flags&FlagMemory != 0 }
	if u.table.options.Unkept || !slices.ContainsFunc(u.events, memoryOnly) {
		return u.events
	}
	return slices.DeleteFunc(slices.Clone(u.events), memoryOnly)
}

// publish makes saved changes visible. Contacts that expired while they were being saved are
// gone from memory, so they must not come back.
func (u *Update) publish(hash uint64, before []*Contact) {
	s := u.table.part(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(hash, u.aor)
	var now []*Contact
	if r != nil {
		now = r.contacts
	}
	if len(now) != len(before) {
		u.leaveOut(func(c *Contact) bool { return slices.Contains(before, c) && !slices.Contains(now, c) })
	}
	u.commit(s, hash, r)
}

// leaveOut takes contacts that are gone out of the list and the events: what replaces one is new.
func (u *Update) leaveOut(gone func(*Contact) bool) {
	u.own()
	u.list = slices.DeleteFunc(u.list, gone)
	kept := u.events[:0]
	for _, e := range u.events {
		switch {
		case e.Kind == Updated && gone(e.Old):
			e.Kind, e.Old = Inserted, nil
		case e.Kind != Inserted && e.Kind != Updated && gone(e.Contact):
			continue
		}
		kept = append(kept, e)
	}
	u.events = kept
}
