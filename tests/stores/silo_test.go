package stores

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// siloConfig stores every MESSAGE and sends what is stored to one phone, whoever registers.
const siloConfig = `#!KAMAILIO
debug=1
overload_control=no
listen=udp:127.0.0.1:PORT
loadmodule "db_sqlite.so"
loadmodule "db_mysql.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "msilo.so"
loadmodule "app_lua.so"
modparam("msilo", "db_url", DBURL)
modparam("msilo", "outbound_proxy", PHONE)
modparam("msilo", "check_time", 1)
modparam("msilo", "clean_period", 1)
MORE
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

const siloScript = `
function ksr_request_route()
	local done
	if KSR.pv.get("$rm") == "REGISTER" then
		done = KSR.msilo.mdump() > 0
	else
		KSR.pv.sets("$avp(when)", KSR.pv.gete("$hdr(When)"))
		done = KSR.msilo.mstore() > 0
	end
	if done then
		KSR.sl.sl_send_reply(202, "Accepted")
	else
		KSR.sl.sl_send_reply(503, "Not Now")
	end
	return 1
end
`

// silo is a server with a sender and the phone of bob.
type silo struct {
	*inproc.Server
	t             *testing.T
	sender, phone *inproc.Peer
	db            *db.DB
}

func newSilo(t *testing.T, url, params string) *silo {
	t.Helper()
	d := dbtest.Tables(t, url, "silo")
	phone := "127.0.0.1:" + inproc.FreePort(t)
	s := inproc.Start(t, inproc.Options{
		Config: strings.Replace(siloConfig, "MORE", params, 1), Files: []inproc.File{{Name: "routes.lua", Text: siloScript}},
		Defines: []string{"PORT=" + inproc.FreePort(t), fmt.Sprintf("DBURL=%q", url), fmt.Sprintf("PHONE=%q", "sip:"+phone)},
	})
	return &silo{s, t, s.Peer("127.0.0.1:0"), s.Peer(phone), d}
}

func (s *silo) store(text string, headers ...string) {
	s.t.Helper()
	head := s.sender.Request("MESSAGE", "sip:bob@h.test", append(headers, "Content-Type: text/x", fmt.Sprintf("Content-Length: %d", len(text)))...)
	s.sender.Send(head + text)
	s.sender.Expect("202")
}

func (s *silo) storeMany(n int) {
	s.t.Helper()
	for i := range n {
		s.store(fmt.Sprint(i))
	}
}

func (s *silo) registration() string {
	return s.sender.Request("REGISTER", "sip:h.test", "To: <sip:bob@h.test>")
}

func (s *silo) register() {
	s.t.Helper()
	s.sender.Send(s.registration())
	s.sender.Expect("202")
}

// left is how many messages are stored.
func (s *silo) left() int {
	s.t.Helper()
	rows, err := s.db.Select(context.Background(), db.Query{Table: "silo", Columns: []string{"id"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(rows)
}

func (s *silo) awaitLeft(n int) {
	s.t.Helper()
	Eventually(s.t, fmt.Sprintf("%d messages are stored", n), func() bool { return s.left() == n })
}

func body(message string) string {
	_, text, _ := strings.Cut(message, "\r\n\r\n")
	return text
}

// receive takes n messages.
func (s *silo) receive(n int) (messages []string) {
	s.t.Helper()
	for range n {
		messages = append(messages, s.phone.Expect("MESSAGE sip:bob@"))
	}
	return messages
}

// window is how many messages of one user are on their way at once.
const window = 16

func TestSiloSendsInOrderWithAWindow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, n := newSilo(t, url, ""), 40
		s.storeMany(n)
		s.register()
		first := s.receive(window)
		s.phone.Silence(100 * time.Millisecond)
		for i, m := range first {
			if body(m) != fmt.Sprint(i) {
				t.Errorf("message %d is %q", i, body(m))
			}
			s.phone.Send(inproc.Reply(m, 200, "OK"))
		}
		seen := map[string]int{}
		for len(seen) < n-window {
			m := s.phone.Expect("MESSAGE sip:bob@")
			if seen[body(m)]++; seen[body(m)] == 1 {
				s.phone.Send(inproc.Reply(m, 202, "Accepted"))
			}
		}
		s.awaitLeft(0)
		s.register()
		s.phone.Silence(100 * time.Millisecond)
	})
}

// TestSiloRegistrationsAtOnce: however often bob registers at the same time, each message comes in one transaction.
func TestSiloRegistrationsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		const registrations = 15 // that wait for the database: so few that none is refused where it is slow
		s := newSilo(t, url, "")
		s.storeMany(10)
		for range registrations {
			s.sender.Send(s.registration())
		}
		branches := map[string]string{}
		for len(branches) < 10 {
			m := s.phone.Expect("MESSAGE sip:bob@")
			if other, again := branches[body(m)], inproc.Header(m, "Via"); other != "" && other != again {
				t.Errorf("%q came twice: %s and %s", body(m), other, again)
			} else {
				branches[body(m)] = again
			}
			s.phone.Send(inproc.Reply(m, 200, "OK"))
		}
		s.awaitLeft(0)
		for range registrations {
			s.sender.Expect("202")
		}
		s.phone.Silence(100 * time.Millisecond)
	})
}

func TestSiloKeepsWhatIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s := newSilo(t, url, "")
		s.storeMany(window + 4)
		ids := map[string]string{}
		for attempt := range 2 {
			s.register()
			for range window + 4 { // each answer lets the next one go
				m := s.phone.Expect("MESSAGE sip:bob@")
				if attempt == 1 && ids[body(m)] != inproc.Header(m, "Call-ID") {
					t.Errorf("%q has another Call-ID: %s", body(m), inproc.Header(m, "Call-ID"))
				}
				ids[body(m)] = inproc.Header(m, "Call-ID")
				s.phone.Send(inproc.Reply(m, 480, "Not Now"))
			}
			Eventually(t, "the mailbox is at rest", func() bool { return s.statistic("failed_messages") == int64((attempt+1)*(window+4)) })
		}
		if n := s.left(); n != window+4 {
			t.Errorf("%d messages are left", n)
		}
	})
}

// TestSiloSparesASilentPhone: a phone that is gone is sent one window, and all of it stays.
func TestSiloSparesASilentPhone(t *testing.T) {
	s := newSilo(t, dbtest.SQLite(t), `modparam("tm", "fr_timer", 600)`)
	s.storeMany(2 * window)
	s.register()
	s.receive(window)
	Eventually(t, "the window has timed out", func() bool { return s.statistic("failed_messages") == window })
	if n := s.left(); n != 2*window {
		t.Errorf("%d messages are left", n)
	}
}

func (s *silo) statistic(name string) int64 {
	s.t.Helper()
	v, ok := s.Stats.Get("msilo", name)
	if !ok {
		s.t.Fatalf("there is no statistic %s", name)
	}
	return v.Stat.Value()
}

func TestSiloReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s := newSilo(t, url, `modparam("msilo", "reminder", "sip:clock@h.test")
modparam("msilo", "send_time", 1)
modparam("msilo", "snd_time_avp", "$avp(when)")`)
		s.store("wake up", "When: "+time.Now().Format("20060102150405"))
		s.store("much later", "When: 20370101")
		m := s.phone.Expect("MESSAGE sip:bob@")
		if !strings.HasPrefix(body(m), "[Reminder message - ") || !strings.HasSuffix(body(m), "] wake up") ||
			!strings.Contains(inproc.Header(m, "From"), "sip:clock@h.test") {
			t.Errorf("the reminder:\n%s", m)
		}
		s.phone.Send(inproc.Reply(m, 404, "Not Found"))
		s.awaitReminderKept()
		s.register()
		m = s.phone.Expect("MESSAGE sip:bob@")
		if body(m) != "wake up" {
			t.Errorf("after the reminder failed:\n%s", m)
		}
		s.phone.Send(inproc.Reply(m, 200, "OK"))
		s.awaitLeft(1) // the one that is not due
		if s.statistic("failed_reminders") != 1 || s.statistic("dumped_messages") != 1 || s.statistic("stored_messages") != 2 {
			t.Error("the statistics are wrong")
		}
	})
}

func (s *silo) awaitReminderKept() {
	Eventually(s.t, "the reminder waits for its owner", func() bool {
		rows, err := s.db.Select(context.Background(), db.Query{Table: "silo", Columns: []string{"id"}, Where: []db.Cond{db.Eq("snd_time", 0)}})
		return err == nil && len(rows) == 1
	})
}

func TestSiloRemovesWhatIsExpired(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s := newSilo(t, url, "")
		s.store("short", "Expires: 1")
		s.store("long")
		s.awaitLeft(1)
	})
}

// TestSiloLosesItsDatabase: messages that were accepted while the database was away are not sent again,
// and are removed when it is back. Until then nothing is promised to senders.
func TestSiloLosesItsDatabase(t *testing.T) {
	server, err := dbtest.NewServer(t.TempDir())
	if errors.Is(err, dbtest.ErrMissing) {
		t.Skip("left out: " + err.Error())
	}
	if err == nil {
		err = server.Start()
	}
	if err == nil {
		err = server.Run("", "CREATE DATABASE silo")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	s := newSilo(t, server.URL("silo"), "")
	s.storeMany(5)
	s.register()
	messages := s.receive(5)
	server.Stop()
	for _, m := range messages {
		s.phone.Send(inproc.Reply(m, 200, "OK"))
	}
	refused := s.sender.Request("MESSAGE", "sip:bob@h.test", "Content-Type: text/x", "Content-Length: 1") + "x"
	s.sender.Send(refused)
	s.sender.Expect("503")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	Eventually(t, "the database is back", func() bool {
		_, err := s.db.Select(context.Background(), db.Query{Table: "silo", Limit: 1})
		return err == nil
	})
	Eventually(t, "bob can register", func() bool {
		return strings.HasPrefix(s.sender.Ask("REGISTER", "sip:h.test", "To: <sip:bob@h.test>"), "SIP/2.0 202")
	})
	s.awaitLeft(0)
	s.phone.Silence(100 * time.Millisecond)
}
