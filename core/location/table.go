package location

import (
	"slices"
	"sync"
	"sync/atomic"
)

// stripes is how many parts with a lock of its own a table has; a power of two.
const stripes = 256

// Order tells in which order the contacts of a record stand.
type Order uint8

// The orders (desc_time_order of usrloc).
const (
	ByQ    Order = iota // the highest q first
	ByTime              // the newest first
)

// Options are the settings of a table.
type Options struct {
	Order   Order
	Backing Backing // where changes are saved before they are visible; nil: nowhere
	Unkept  bool    // nothing is kept in memory: the backing is asked each time
}

// Table is one set of records by address of record. All methods may be called from any goroutine.
type Table struct {
	Name string

	store    *Store
	options  Options
	parts    [stripes]stripe
	users    atomic.Int64
	contacts atomic.Int64
	expired  atomic.Int64
	lines    []sync.Mutex // held while an address of record is saved; with a backing only
}

// stripe is one part of a table.
type stripe struct {
	mu      sync.RWMutex
	records map[uint64]*record // by hash of the address of record
	heap    expiryHeap
	seq     uint64
}

// record is what is stored for one address of record.
type record struct {
	aor      string
	contacts []*Contact // replaced as a whole, never changed
	next     *record    // another address of record with the same hash
}

func newTable(s *Store, name string, options Options) *Table {
	t := &Table{Name: name, store: s, options: options}
	for i := range t.parts {
		t.parts[i].records = map[uint64]*record{}
	}
	if options.Backing != nil {
		t.lines = make([]sync.Mutex, lines)
	}
	return t
}

// Hash is the number under which an address of record is stored: FNV-1a of 64 bits.
func Hash(aor string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(aor) {
		h = (h ^ uint64(aor[i])) * 1099511628211
	}
	return h
}

func (t *Table) part(hash uint64) *stripe { return &t.parts[hash%stripes] }

func (s *stripe) find(hash uint64, aor string) *record {
	r := s.records[hash]
	for r != nil && r.aor != aor {
		r = r.next
	}
	return r
}

// Lookup gives the contacts of an address of record in the table's order; nil if there are
// none. Some may have expired. The caller must not change the slice.
func (t *Table) Lookup(aor string) []*Contact {
	hash := Hash(aor)
	s := t.part(hash)
	s.mu.RLock()
	r := s.find(hash, aor)
	var list []*Contact
	if r != nil {
		list = r.contacts
	}
	s.mu.RUnlock()
	return list
}

// LookupRUID finds a contact by its id and the hash of its address of record, which a
// temporary GRUU carries (RFC 5627). Both results are empty if there is none.
func (t *Table) LookupRUID(hash uint64, ruid string) (aor string, c *Contact) {
	s := t.part(hash)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for r := s.records[hash]; r != nil; r = r.next {
		for _, c := range r.contacts {
			if c.RUID == ruid {
				return r.aor, c
			}
		}
	}
	return "", nil
}

// Users is the number of addresses of record that have contacts.
func (t *Table) Users() int64 { return t.users.Load() }

// Contacts is the number of contacts.
func (t *Table) Contacts() int64 { return t.contacts.Load() }

// Expired is how many contacts have expired since the start.
func (t *Table) Expired() int64 { return t.expired.Load() }

// Each calls f for each address of record until f gives false. It locks one stripe at a time
// and only to copy it, so f may take its time and use the table. The order is not defined.
func (t *Table) Each(f func(aor string, contacts []*Contact) bool) {
	var batch []record
	for i := range t.parts {
		batch = t.parts[i].snapshot(batch[:0])
		for k := range batch {
			if !f(batch[k].aor, batch[k].contacts) {
				return
			}
		}
	}
}

// EachOf is Each for those addresses of record whose hash, divided by a power of two, leaves part: 1 of that many parts.
func (t *Table) EachOf(part, parts uint64, f func(aor string, contacts []*Contact) bool) {
	var batch []record
	for i := part % stripes % parts; i < stripes; i += min(parts, stripes) {
		batch = t.parts[i].snapshot(batch[:0])
		for k := range batch {
			if Hash(batch[k].aor)%parts == part && !f(batch[k].aor, batch[k].contacts) {
				return
			}
		}
	}
}

func (s *stripe) snapshot(list []record) []record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list = slices.Grow(list, len(s.records))
	for _, r := range s.records {
		for ; r != nil; r = r.next {
			list = append(list, record{aor: r.aor, contacts: r.contacts})
		}
	}
	return list
}
