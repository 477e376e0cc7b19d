package location

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// fakeBacking stands for a database; hook runs within Save.
type fakeBacking struct {
	mu    sync.Mutex
	hook  func() error
	saved []string
}

func (b *fakeBacking) Save(aor string, events []Event) error {
	if b.hook != nil {
		if err := b.hook(); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range events {
		b.saved = append(b.saved, fmt.Sprint(e.Kind, " ", aor, " ", e.Contact.URI, e.Contact.CSeq))
	}
	return nil
}

func (b *fakeBacking) Load(string) ([]Contact, error)         { return nil, nil }
func (b *fakeBacking) LoadRUID(string) (Contact, bool, error) { return Contact{}, false, nil }

func newBacked() (*fakeBacking, *Store, *Table) {
	b := new(fakeBacking)
	s, _ := newStore(ByQ)
	return b, s, s.Add("backed", Options{Backing: b})
}

func TestAFailedSaveChangesNothing(t *testing.T) {
	b, s, table := newBacked()
	insert(table, "x", "a", 0, 0)
	var seen recorder
	s.Observe(&seen)
	lost := errors.New("lost")
	b.hook = func() error { return lost }
	err := table.Update("x", func(u *Update) error { u.DeleteAll(); u.Insert(Contact{URI: "b"}); return nil })
	if !errors.Is(err, lost) || uris(table.Lookup("x")) != "a" || len(seen.events) != 0 || table.Contacts() != 1 {
		t.Error(err, uris(table.Lookup("x")), seen.events)
	}
}

func TestLookupsGoOnWhileAChangeIsSaved(t *testing.T) {
	b, _, table := newBacked()
	insert(table, "x", "a", 0, 0)
	b.hook = func() error {
		if got := uris(table.Lookup("x")); got != "a" {
			t.Error("before the commit:", got)
		}
		return nil
	}
	insert(table, "x", "b", 0, 0)
	if got := uris(table.Lookup("x")); got != "ab" {
		t.Error(got)
	}
}

// TestExpiryWhileAChangeIsSaved: what expires meanwhile does not come back, and what is
// refreshed meanwhile does not go.
func TestExpiryWhileAChangeIsSaved(t *testing.T) {
	b, _, table := newBacked()
	for _, uri := range []string{"refreshed", "removed", "left"} {
		insert(table, "x", uri, 0, 1010)
	}
	b.hook = func() error { table.Expire(1020); return nil }
	err := table.Update("x", func(u *Update) error {
		u.Replace(u.Contacts()[0], Contact{URI: "refreshed", Expires: 1100})
		u.Delete(u.Contacts()[1])
		u.Insert(Contact{URI: "+new", Expires: 1100})
		return nil
	})
	if got := uris(table.Lookup("x")); err != nil || got != "refreshed+new" || table.Contacts() != 2 || table.Users() != 1 {
		t.Error(err, got, table.Contacts(), table.Users())
	}
	b.hook = nil
	if n := table.Expire(1100); n != 2 || table.Contacts() != 0 || table.Users() != 0 {
		t.Error(n, table.Contacts(), table.Users())
	}
}

// TestChangesOfAUserAreSavedInOrder: what was saved last is what is in memory.
func TestChangesOfAUserAreSavedInOrder(t *testing.T) {
	b, _, table := newBacked()
	insert(table, "x", "a", 0, 0)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			_ = table.Update("x", func(u *Update) error {
				u.Replace(u.Contacts()[0], Contact{URI: "a", CSeq: uint32(i)})
				return nil
			})
		})
	}
	all.Wait()
	last := b.saved[len(b.saved)-1]
	if want := fmt.Sprint("update x a", table.Lookup("x")[0].CSeq); len(b.saved) != 51 || last != want {
		t.Errorf("%d saved, the last %q, in memory %q", len(b.saved), last, want)
	}
}

func TestMemoryOnlyContactsAreNotSaved(t *testing.T) {
	b, _, table := newBacked()
	err := table.Update("x", func(u *Update) error { u.Insert(Contact{URI: "a", Flags: FlagMemory}); return nil })
	if err != nil || len(b.saved) != 0 || uris(table.Lookup("x")) != "a" {
		t.Error(err, b.saved)
	}
}
