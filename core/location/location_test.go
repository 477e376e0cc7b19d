package location

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
)

func newStore(order Order) (*Store, *Table) {
	s := New(clock.NewManual(time.Unix(1000, 0)), "1")
	return s, s.Add("location", Options{Order: order})
}

func insert(t *Table, aor, uri string, q int16, expires int64) *Contact {
	var c *Contact
	_ = t.Update(aor, func(u *Update) error {
		c = u.Insert(Contact{URI: uri, Q: q, Expires: expires})
		return nil
	})
	return c
}

func uris(list []*Contact) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(c.URI)
	}
	return b.String()
}

func TestOrder(t *testing.T) {
	type step struct {
		uri  string
		q    int16
		want string
	}
	cases := []struct {
		name  string
		order Order
		steps []step
	}{
		{"highest q first", ByQ, []step{{"a", 300, "a"}, {"b", 500, "ba"}, {"c", QUnset, "bac"}, {"d", 300, "badc"}}},
		{"a refresh with the same q stays", ByQ, []step{{"a", 500, "a"}, {"b", 500, "ab"}, {"a", 500, "ab"}}},
		{"a lower q goes to the front", ByQ, []step{{"a", 500, "a"}, {"b", 500, "ab"}, {"c", 500, "abc"}, {"b", 300, "bac"}}},
		{"a fitting q stays", ByQ, []step{{"a", 900, "a"}, {"b", 500, "ab"}, {"b", 600, "ab"}, {"a", 700, "ab"}}},
		{"newest first", ByTime, []step{{"a", 900, "a"}, {"b", 100, "ba"}, {"a", 900, "ab"}}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, table := newStore(tc.order)
			for _, s := range tc.steps {
				_ = table.Update("x", func(u *Update) error { put(u, s.uri, s.q); return nil })
				if got := uris(table.Lookup("x")); got != s.want {
					t.Fatalf("after %s;q=%d: %s, want %s", s.uri, s.q, got, s.want)
				}
			}
		})
	}
}

func put(u *Update, uri string, q int16) {
	for _, c := range u.Contacts() {
		if c.URI == uri {
			u.Replace(c, Contact{URI: uri, Q: q})
			return
		}
	}
	u.Insert(Contact{URI: uri, Q: q})
}

func TestFailedUpdateChangesNothing(t *testing.T) {
	s, table := newStore(ByQ)
	insert(table, "x", "a", 0, 0)
	var seen recorder
	s.Observe(&seen)
	err := table.Update("x", func(u *Update) error {
		u.DeleteAll()
		u.Insert(Contact{URI: "b"})
		return errors.New("no")
	})
	if err == nil || uris(table.Lookup("x")) != "a" || len(seen.events) != 0 || table.Contacts() != 1 {
		t.Fatal(err, uris(table.Lookup("x")), seen.events, table.Contacts())
	}
}

type recorder struct{ events []string }

func (r *recorder) LocationChanged(e Event) {
	r.events = append(r.events, fmt.Sprintf("%v %s %s", e.Kind, e.AOR, e.Contact.URI))
}

func TestExpiryAndEvents(t *testing.T) {
	s, table := newStore(ByQ)
	var seen recorder
	s.Observe(&seen)
	insert(table, "x", "a", 0, 1010)
	insert(table, "x", "b", 0, 1020)
	insert(table, "y", "c", 0, 1015)
	insert(table, "z", "forever", 0, 0)
	_ = table.Update("y", func(u *Update) error {
		u.Replace(u.Contacts()[0], Contact{URI: "c", Expires: 1030})
		return nil
	})
	_ = table.Update("z", func(u *Update) error { u.DeleteAll(); return nil })
	for _, step := range []struct {
		now           int64
		gone          int
		users, counts int64
	}{{1009, 0, 2, 3}, {1010, 1, 2, 2}, {1025, 1, 1, 1}, {1030, 1, 0, 0}} {
		if n := table.Expire(step.now); n != step.gone || table.Users() != step.users || table.Contacts() != step.counts {
			t.Fatalf("at %d: %d gone, %d users, %d contacts", step.now, n, table.Users(), table.Contacts())
		}
	}
	want := "[insert x a insert x b insert y c insert z forever update y c delete z forever expire x a expire x b expire y c]"
	if got := fmt.Sprint(seen.events); got != want || table.Expired() != 3 {
		t.Fatalf("%s\nwant %s", got, want)
	}
}

func TestRUIDAndTexts(t *testing.T) {
	_, table := newStore(ByQ)
	message := "sip:a@b;callid;agent"
	_ = table.Update("x", func(u *Update) error {
		u.Insert(Contact{URI: message[:7], CallID: message[8:14], UserAgent: message[15:]})
		return nil
	})
	c := table.Lookup("x")[0]
	if c.URI != "sip:a@b" || c.CallID != "callid" || c.UserAgent != "agent" || c.RUID == "" || c.AOR != "x" {
		t.Fatalf("%+v", c)
	}
	if aor, found := table.LookupRUID(Hash("x"), c.RUID); aor != "x" || found != c {
		t.Fatal(aor, found)
	}
	_ = table.Update("x", func(u *Update) error {
		n := u.Replace(c, Contact{URI: "sip:a@b", CallID: "callid", UserAgent: "agent", Expires: 5})
		if n.RUID != c.RUID {
			t.Errorf("the id changed from %s to %s", c.RUID, n.RUID)
		}
		return nil
	})
}

func TestHeapAgainstAScan(t *testing.T) {
	_, table := newStore(ByQ)
	rng, due := rand.New(rand.NewSource(7)), map[string]int64{}
	for i := range 20000 {
		aor, expires := fmt.Sprint("u", rng.Intn(3000)), int64(rng.Intn(1000)+1)
		_ = table.Update(aor, func(u *Update) error {
			switch list := u.Contacts(); {
			case len(list) == 0:
				u.Insert(Contact{Expires: expires})
			case i%7 == 0:
				u.DeleteAll()
				expires = 0
			default:
				u.Replace(list[0], Contact{Expires: expires})
			}
			return nil
		})
		due[aor] = expires
	}
	for now := int64(1); now <= 1000; now += 37 {
		table.Expire(now)
		left := int64(0)
		for _, e := range due {
			if e > now {
				left++
			}
		}
		if table.Contacts() != left || table.Users() != left {
			t.Fatalf("at %d: %d contacts, want %d", now, table.Contacts(), left)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s, table := newStore(ByQ)
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			rng := rand.New(rand.NewSource(int64(w)))
			for i := range 2000 {
				aor := fmt.Sprint("u", rng.Intn(50))
				switch i % 5 {
				case 0, 1:
					insert(table, aor, fmt.Sprint(w, i), int16(rng.Intn(1000)), int64(rng.Intn(100)+1))
				case 2:
					for _, c := range table.Lookup(aor) {
						_ = c.Valid(50) && c.AOR != aor
					}
				case 3:
					table.Expire(int64(rng.Intn(100)))
				default:
					table.Each(func(aor string, list []*Contact) bool { return len(list) > 0 })
					s.Add("aliases", Options{})
				}
			}
		})
	}
	workers.Wait()
	table.Expire(1000)
	if table.Users() != 0 || table.Contacts() != 0 || len(s.Tables()) != 2 {
		t.Fatal(table.Users(), table.Contacts(), len(s.Tables()))
	}
}

// TestEachOf: the parts of a table are the whole of it, each record once, however many parts there are.
func TestEachOf(t *testing.T) {
	_, table := newStore(ByQ)
	const users = 1000
	for i := range users {
		insert(table, fmt.Sprint("u", i), "sip:x", 0, 0)
	}
	for _, parts := range []uint64{1, 2, 256, 4096} {
		seen := map[string]int{}
		for part := range parts {
			table.EachOf(part, parts, func(aor string, _ []*Contact) bool { seen[aor]++; return true })
		}
		if len(seen) != users {
			t.Errorf("%d parts: %d of %d", parts, len(seen), users)
		}
		for aor, n := range seen {
			if n != 1 {
				t.Errorf("%d parts: %s comes %d times", parts, aor, n)
			}
		}
	}
}
