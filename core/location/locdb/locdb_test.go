package locdb_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/location/locdb"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var socket = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:5060"), 0)

// start is the time of all tests.
const start = 1_800_000_000

func settings() *locdb.Settings {
	return &locdb.Settings{
		Columns: locdb.Columns{
			User: "username", Domain: "domain", Contact: "contact", Expires: "expires", Q: "q", CallID: "callid", CSeq: "cseq",
			Flags: "flags", CFlags: "cflags", UserAgent: "user_agent", Received: "received", Path: "path", Socket: "socket",
			Methods: "methods", Instance: "instance", RUID: "ruid", RegID: "reg_id", ServerID: "server_id",
			ConnectionID: "connection_id", Keepalive: "keepalive", Partition: "partition",
		},
		NATFlag: 6, Started: start, ServerID: 7, CheckUpdate: true,
		Socket: func(text string) *flow.Socket {
			if text == socket.String() {
				return socket
			}
			return nil
		},
	}
}

// world is a location table and its database table.
type world struct {
	t     *testing.T
	db    *db.DB
	rows  *locdb.Table
	store *location.Store
	table *location.Table
	clock *clock.Manual
}

func newWorld(t *testing.T, url string, s *locdb.Settings, unkept bool) *world {
	w := &world{t: t, db: dbtest.Tables(t, url, "usrloc"), clock: clock.NewManual(time.Unix(start, 0))}
	w.rows = locdb.New(w.db, "location", s)
	if err := w.rows.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.store = location.New(w.clock, "1")
	w.table = w.store.Add("location", location.Options{Backing: w.rows, Unkept: unkept})
	return w
}

func (w *world) insert(aor string, c location.Contact) {
	w.t.Helper()
	if err := w.table.Update(aor, func(u *location.Update) error { u.Insert(c); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// change replaces the first contact of a user.
func (w *world) change(aor string, f func(*location.Contact)) {
	w.t.Helper()
	err := w.table.Update(aor, func(u *location.Update) error {
		c := *u.Contacts()[0]
		f(&c)
		u.Replace(u.Contacts()[0], c)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(aor string) {
	w.t.Helper()
	if err := w.table.Update(aor, func(u *location.Update) error { u.DeleteAll(); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// loaded is what a server that starts now finds.
func (w *world) loaded(s *locdb.Settings) string {
	w.t.Helper()
	var found []string
	rows := locdb.New(w.db, "location", s)
	err := rows.LoadAll(context.Background(), w.clock.Now().Unix(), func(c location.Contact) {
		found = append(found, fmt.Sprint(c.AOR, " ", c.URI, " ", c.Expires-start, " ", c.Attrs))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(found)
	return strings.Join(found, "; ")
}

func full() location.Contact {
	return location.Contact{
		URI: "sip:alice@192.0.2.1", CallID: "x@y", Received: "sip:192.0.2.7:1024;transport=tcp", Path: "<sip:edge;lr>", UserAgent: "Phone",
		Instance: "<urn:uuid:1>", Expires: start + 60, LastModified: start, Socket: socket, Conn: 9, CSeq: 3, Methods: 15, Flags: 2,
		CFlags: 1 << 6, RegID: 2, ServerID: 7, Q: 550, Attrs: []location.Attr{{Name: "color", Text: "red"}, {Name: "size", Num: 42, IsNum: true}},
	}
}

func TestAContactComesBackWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s := settings()
		s.Attrs, s.UseDomain = true, true
		w := newWorld(t, url, s, false)
		w.insert("alice@a.test", full())
		stored := w.table.Lookup("alice@a.test")[0]
		list, err := w.rows.Load("alice@a.test")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		want := *stored
		if got := fmt.Sprintf("%+v", list[0]); got != fmt.Sprintf("%+v", want) {
			t.Errorf("read %s\nwant %+v", got, want)
		}
		if c, found, err := w.rows.LoadRUID(stored.RUID); err != nil || !found || c.URI != stored.URI {
			t.Error(c, found, err)
		}
		w.insert("bob@a.test", location.Contact{URI: "sip:bob@h", Q: location.QUnset, Methods: location.AllMethods})
		r, err := w.db.Select(context.Background(), db.Query{Table: "location", Where: []db.Cond{db.Eq("username", "bob"), db.Eq("methods", nil), db.Eq("received", nil), db.Eq("q", -1), db.Eq("connection_id", -1)}})
		if err != nil || len(r) != 1 {
			t.Error(r, err)
		}
	})
}

// TestLimitsOfColumns: the greatest CSeq and flags fit, and too long a User-Agent is cut.
func TestLimitsOfColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		w := newWorld(t, url, settings(), false)
		w.insert("alice", location.Contact{URI: "sip:a@h", CSeq: 1<<32 - 1, Flags: 1 << 31, CFlags: 1<<31 | 1, Methods: 1 << 31, UserAgent: strings.Repeat("é", 200)})
		list, err := w.rows.Load("alice")
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		c := list[0]
		if c.CSeq != 1<<32-1 || c.Flags != 1<<31 || c.CFlags != 1<<31|1 || c.Methods != 1<<31 || c.UserAgent != strings.Repeat("é", 127) {
			t.Errorf("%+v", c)
		}
	})
}

func TestChangesReachTheDatabase(t *testing.T) {
	for _, unkept := range []bool{false, true} {
		t.Run(fmt.Sprint("unkept ", unkept), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, url string) { changes(newWorld(t, url, settings(), unkept)) })
		})
	}
}

func changes(w *world) {
	w.insert("alice", location.Contact{URI: "sip:a@h", Expires: start + 60})
	w.insert("alice", location.Contact{URI: "sip:b@h"})
	w.change("alice", func(c *location.Contact) { c.Expires = start + 90 })
	w.insert("bob", location.Contact{URI: "sip:bob@h", Expires: start + 10})
	w.expect("alice sip:a@h 90 []; alice sip:b@h -1800000000 []; bob sip:bob@h 10 []")
	if err := w.db.Write(db.Delete("location")); err != nil {
		w.t.Fatal(err)
	}
	if !w.table.Asks() { // the row of a contact that is there in memory is written anew
		w.change("alice", func(c *location.Contact) { c.Expires = start + 99 })
		w.expect("alice sip:a@h 99 []")
	}
	w.remove("alice")
	w.expect("")
}

// TestCheckUpdate: a row that somebody took away comes back with db_check_update only; a
// contact that was in memory alone is new to the database in any case.
func TestCheckUpdate(t *testing.T) {
	for _, check := range []bool{false, true} {
		dbtest.Each(t, func(t *testing.T, url string) {
			s := settings()
			s.CheckUpdate = check
			w := newWorld(t, url, s, false)
			w.insert("alice", location.Contact{URI: "sip:a@h", Expires: start + 60})
			w.insert("bob", location.Contact{URI: "sip:b@h", Expires: start + 60, Flags: location.FlagMemory})
			w.expect("alice sip:a@h 60 []")
			if err := w.db.Write(db.Delete("location")); err != nil {
				t.Fatal(err)
			}
			w.change("alice", func(c *location.Contact) { c.Expires = start + 90 })
			w.change("bob", func(c *location.Contact) { c.Flags = 0 })
			if check {
				w.expect("alice sip:a@h 90 []; bob sip:b@h 60 []")
			} else {
				w.expect("bob sip:b@h 60 []")
			}
		})
	}
}

// TestInsertNull: without db_insert_null a column without a value gets the default of the table.
func TestInsertNull(t *testing.T) {
	for insertNull, received := range map[bool]any{false: "default", true: nil} {
		s := settings()
		s.InsertNull = insertNull
		w := newWorld(t, dbtest.SQLite(t), s, false)
		for _, statement := range []string{"ALTER TABLE location DROP COLUMN received", "ALTER TABLE location ADD COLUMN received VARCHAR(255) DEFAULT 'default'"} {
			if err := w.db.Write(db.Exec(statement)); err != nil {
				t.Fatal(err)
			}
		}
		w.insert("alice", location.Contact{URI: "sip:a@h", Expires: start + 60})
		rows, err := w.db.Select(context.Background(), db.Query{Table: "location", Where: []db.Cond{db.Eq("received", received)}})
		if err != nil || len(rows) != 1 {
			t.Errorf("insert null %v: %v %v", insertNull, rows, err)
		}
	}
}

func (w *world) expect(want string) {
	w.t.Helper()
	if got := w.loaded(settings()); got != want {
		w.t.Fatalf("the database has %s\nwant %s", got, want)
	}
}

func TestFetchSortsAsMemoryDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		w := newWorld(t, url, settings(), true)
		for i, q := range []int16{100, 900, location.QUnset, 500} {
			w.insert("alice", location.Contact{URI: fmt.Sprint(q), Q: q, LastModified: start + int64(i)})
		}
		list, err := w.table.Fetch("alice")
		if err != nil || len(list) != 4 {
			t.Fatal(list, err)
		}
		got := ""
		for _, c := range list {
			got += c.URI + " "
		}
		if got != "900 500 100 -1 " {
			t.Error(got)
		}
		if c, err := w.table.FetchRUID(location.Hash("alice"), list[1].RUID); err != nil || c == nil || c.URI != "500" {
			t.Error(c, err)
		}
	})
}

func TestExpiry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		w := newWorld(t, url, settings(), false)
		x := locdb.NewExpiry(w.rows, w.table)
		w.store.Observe(x)
		for i := range 5 {
			w.insert(fmt.Sprint("u", i), location.Contact{URI: "sip:a@h", Expires: start + int64(i)*10 + 1})
		}
		w.insert("forever", location.Contact{URI: "sip:a@h"})
		w.clock.Advance(25 * time.Second)
		w.table.Expire(w.clock.Now().Unix())
		if err := w.db.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		counts(t, w, 3, 0)
		w.clock.Advance(10 * time.Second)
		counts(t, w, 2, 1)
		if err := w.rows.Clean(w.clock.Now().Unix()); err != nil {
			t.Fatal(err)
		}
		counts(t, w, 2, 0)
		var gone []string
		w.clock.Advance(time.Minute)
		if err := w.rows.Expire(w.clock.Now().Unix(), func(c location.Contact) { gone = append(gone, c.AOR) }); err != nil || len(gone) != 1 {
			t.Error(gone, err)
		}
		counts(t, w, 1, 0)
	})
}

// TestRefreshedWhileExpiring: a contact that is refreshed after the timer has read its row stays, with its attributes.
func TestRefreshedWhileExpiring(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s := settings()
		s.Attrs = true
		w := newWorld(t, url, s, false)
		c := location.Contact{URI: "sip:a@h", Expires: start + 1, RUID: "r1"}
		w.insert("u", c)
		if err := w.db.Write(db.Exec("INSERT INTO location_attrs (username, ruid, aname, atype, avalue) VALUES ('u', 'r1', 'k', 0, 'v')")); err != nil {
			t.Fatal(err)
		}
		left := func() (n [2]int64) {
			for i, table := range []string{"location", "location_attrs"} {
				got, err := w.db.Read(context.Background(), "SELECT COUNT(*) FROM "+table)
				if err != nil {
					t.Fatal(err)
				}
				n[i] = got.Rows[0].Int(0)
			}
			return n
		}
		refresh := func() {
			if err := w.db.Write(db.Update("location", []db.Col{{Name: "expires", Value: time.Unix(start+3600, 0)}}, db.Eq("ruid", "r1"))); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range []struct {
			between func()
			want    [2]int64
		}{{refresh, [2]int64{1, 1}}, {func() {}, [2]int64{}}} {
			if err := w.rows.ExpireAround(start+10, x.between); err != nil || left() != x.want {
				t.Errorf("%v, %v left, want %v", err, left(), x.want)
			}
			_ = w.db.Write(db.Update("location", []db.Col{{Name: "expires", Value: time.Unix(start+1, 0)}}, db.Eq("ruid", "r1")))
		}
	})
}

func counts(t *testing.T, w *world, valid, expired int64) {
	t.Helper()
	now := w.clock.Now().Unix()
	for _, c := range []struct {
		f    func(context.Context, int64) (int64, error)
		want int64
	}{{w.rows.Users, valid}, {w.rows.Contacts, valid}, {w.rows.ExpiredContacts, expired}} {
		if n, err := c.f(context.Background(), now); err != nil || n != c.want {
			t.Errorf("counted %d, want %d: %v", n, c.want, err)
		}
	}
}

func TestStrangeTablesAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "usrloc")
		if err := d.Write(db.Update("version", []db.Col{{Name: "table_version", Value: 8}}, db.Eq("table_name", "location"))); err != nil {
			t.Fatal(err)
		}
		if err := locdb.New(d, "location", settings()).Check(context.Background()); err == nil || !strings.Contains(err.Error(), "version 8") {
			t.Error(err)
		}
	})
}

// TestWhatIsLeftOut: other servers' rows, sockets that are not ours, connections that a restart ended.
func TestWhatIsLeftOut(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), settings(), false)
	other := flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.9:5060"), 0)
	w.insert("mine", location.Contact{URI: "u", Socket: socket, ServerID: 7, Expires: start + 1})
	w.insert("tcp", location.Contact{URI: "u", Socket: socket, ServerID: 7, Expires: start + 1, Conn: 5})
	w.insert("theirs", location.Contact{URI: "u", Socket: socket, ServerID: 8, Expires: start + 1})
	w.insert("remote", location.Contact{URI: "u", Socket: other, ServerID: 7, Expires: start + 1})
	for _, c := range []struct {
		set  func(*locdb.Settings)
		want string
	}{
		{func(s *locdb.Settings) { s.OwnOnly = true }, "mine u 1 []; remote u 1 []; tcp u 1 []"},
		{func(s *locdb.Settings) { s.SkipRemote = true }, "mine u 1 []; tcp u 1 []; theirs u 1 []"},
		{func(s *locdb.Settings) { s.SkipStreams = true }, "mine u 1 []; remote u 1 []; theirs u 1 []"},
	} {
		s := settings()
		c.set(s)
		if got := w.loaded(s); got != c.want {
			t.Errorf("loaded %s\nwant %s", got, c.want)
		}
	}
}
