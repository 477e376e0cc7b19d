// Package location is the location service: for each address of record the contacts under
// which it is reachable now.
//
// A Store has one or more tables by name ("location", "aliases"). A table is cut into
// stripes with a lock each, so that registrations and lookups on all cores seldom meet.
// Lookups hand out what is stored without copying it. Contacts go away when the owner of
// the store calls Expire; a lookup before that must look at Contact.Valid.
package location

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/clock"
)

// EventKind tells what happened to a contact.
type EventKind uint8

// The events.
const (
	Inserted EventKind = iota
	Updated
	Deleted
	Expired
)

var eventNames = [...]string{"insert", "update", "delete", "expire"}

// String is the event's name.
func (k EventKind) String() string { return eventNames[k] }

// Event is one change of a table.
type Event struct {
	Kind    EventKind
	Table   *Table
	AOR     string
	Contact *Contact // the new contact; for Deleted and Expired the one that went away
	Old     *Contact // the contact that an update replaced
	// Seq grows with each change of a stripe. Events of one address of record may reach an
	// observer out of order when two goroutines change it at once; the higher number is the newer.
	Seq uint64
}

// Observer is told of changes, on the goroutine that made them, after they are visible and
// without a lock held. Update returns after its observers have, so a store that writes
// through to a database is an observer that may block.
type Observer interface{ LocationChanged(e Event) }

// Store holds the tables of one server.
type Store struct {
	// Rules are the settings that the store's users share. They do not change after the start.
	Rules Rules

	clock  clock.Clock
	agents agents
	prefix string
	ruids  atomic.Uint64

	mu        sync.Mutex // for writers of what follows
	tables    atomic.Pointer[map[string]*Table]
	observers atomic.Pointer[[]Observer]
}

// New makes a store without tables. The instance tells this run of the server from others in
// the ids of contacts (RUID): a process number, say.
func New(c clock.Clock, instance string) *Store {
	s := &Store{clock: c, prefix: fmt.Sprintf("uloc-%x-%s-", c.Now().Unix(), instance)}
	s.Rules = DefaultRules()
	s.tables.Store(&map[string]*Table{})
	s.observers.Store(&[]Observer{})
	return s
}

// Add makes the table of a name, or gives the one that is there.
func (s *Store) Add(name string, options Options) *Table {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := *s.tables.Load()
	if t := old[name]; t != nil {
		return t
	}
	t := newTable(s, name, options)
	tables := maps.Clone(old)
	tables[name] = t
	s.tables.Store(&tables)
	return t
}

// Table is the table of a name, or nil.
func (s *Store) Table(name string) *Table { return (*s.tables.Load())[name] }

// Tables are all tables by name.
func (s *Store) Tables() []*Table {
	tables := *s.tables.Load()
	list := make([]*Table, 0, len(tables))
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		list = append(list, tables[name])
	}
	return list
}

// Observe tells o of all changes from now on.
func (s *Store) Observe(o Observer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append(slices.Clone(*s.observers.Load()), o)
	s.observers.Store(&list)
}

// NewRUID makes an id that no other contact has.
func (s *Store) NewRUID() string {
	buf := make([]byte, 0, 48)
	buf = append(buf, s.prefix...)
	return string(strconv.AppendUint(buf, s.ruids.Add(1), 16))
}

func (s *Store) tell(events []Event) {
	if len(events) == 0 {
		return
	}
	for _, o := range *s.observers.Load() {
		for i := range events {
			o.LocationChanged(events[i])
		}
	}
}
