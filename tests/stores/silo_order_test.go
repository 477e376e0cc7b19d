package stores

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/tests/inproc"
)

// holder is a module whose function waits until the test lets it go on.
type holder struct{ release chan struct{} }

func (h *holder) module() kemi.Module {
	return kemi.Define(kemi.Spec[holder]{
		Name: "holder", New: func() *holder { return h },
		Funcs: kemi.Funcs[holder]{{Name: "hold", Waits: true, Call: func(h *holder, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
			c.Wait(func() { <-h.release })
			return kemi.Int(1)
		}}},
	})
}

// holdingScript is siloScript, where messages with the header Hold wait before they are stored, and others with
// the header Wait only wait.
const holdingScript = siloScript + `
local route = ksr_request_route
function ksr_request_route()
	if KSR.pv.gete("$hdr(Hold)") ~= "" then KSR.holder.hold() end
	if KSR.pv.gete("$hdr(Only)") ~= "" then return 1 end
	return route()
end
`

// bubble is a silo on a network in memory, for a test that runs in a synctest bubble: time is moved by waiting.
type bubble struct {
	*silo
	net    *fakenet.Pipes
	holder *holder
}

func newBubble(t *testing.T, phone string) *bubble {
	t.Helper()
	h, net := &holder{make(chan struct{})}, new(fakenet.Pipes)
	url := dbtest.SQLite(t)
	d := dbtest.Tables(t, url, "silo")
	s := inproc.Start(t, inproc.Options{
		Config:  strings.Replace(siloConfig, "MORE", `loadmodule "holder.so"`, 1),
		Files:   []inproc.File{{Name: "routes.lua", Text: holdingScript}},
		Defines: []string{"PORT=5060", fmt.Sprintf("DBURL=%q", url), fmt.Sprintf("PHONE=%q", "sip:"+phone)},
		Modules: []kemi.Module{h.module()}, Net: net, Shards: 1,
	})
	return &bubble{&silo{s, t, s.Peer("127.0.0.1:5071"), s.Peer("127.0.0.1:5070"), d}, net, h}
}

// TestSiloMeetsItsOwner: bob registers while a message for him is on its way into the silo. The script has not found
// him, and his dump has not found the message; he gets it all the same.
func TestSiloMeetsItsOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newBubble(t, "127.0.0.1:5070")
		s.sender.Send(s.sender.Request("MESSAGE", "sip:bob@h.test", "Hold: yes", "Content-Type: text/x", "Content-Length: 5") + "hello")
		time.Sleep(time.Second)
		s.register()
		time.Sleep(time.Second)
		close(s.holder.release)
		s.sender.Expect("202")
		m := s.phone.Expect("MESSAGE sip:bob@")
		if body(m) != "hello" {
			t.Errorf("bob got\n%s", m)
		}
		s.phone.Send(inproc.Reply(m, 200, "OK"))
		synctest.Wait()
		if n := s.left(); n != 0 {
			t.Errorf("%d messages are left", n)
		}
		s.store("later") // bob's registration of before has nothing to do with it
		synctest.Wait()
		if n := s.left(); n != 1 || s.statistic("dumped_messages") != 1 {
			t.Errorf("%d messages are left, %d were sent", n, s.statistic("dumped_messages"))
		}
	})
}

// TestSiloOfACrowdedShard: a registration that comes while no more routes may wait is not answered; its messages come
// nevertheless, and so do those of the next one.
func TestSiloOfACrowdedShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newBubble(t, "127.0.0.1:5070")
		s.store("hello")
		const mayWait = 256
		for range mayWait {
			s.sender.Send(s.sender.Request("OPTIONS", "sip:h.test", "Hold: yes", "Only: yes"))
		}
		synctest.Wait()
		s.sender.Send(s.registration())
		s.sender.Expect("500")
		m := s.phone.Expect("MESSAGE sip:bob@")
		s.phone.Send(inproc.Reply(m, 200, "OK"))
		close(s.holder.release)
		synctest.Wait()
		s.store("again")
		s.sender.Send(s.registration())
		s.phone.Send(inproc.Reply(s.phone.Expect("MESSAGE sip:bob@"), 200, "OK"))
		synctest.Wait()
		if n := s.left(); n != 0 {
			t.Errorf("%d messages are left", n)
		}
	})
}

// TestSiloEndsWhenMessagesComeBack: what is sent for bob comes back to the server, which stores it anew. Each registration
// sends each message once.
func TestSiloEndsWhenMessagesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2*window + 3
		s := newBubble(t, "127.0.0.1:5060")
		s.storeMany(n)
		for round := range 2 {
			s.register()
			time.Sleep(time.Minute)
			synctest.Wait()
			if sent, left := s.statistic("dumped_messages"), s.left(); sent != int64((round+1)*n) || left != n {
				t.Errorf("registration %d: %d messages were sent in all, %d are left", round+1, sent, left)
			}
		}
	})
}

// TestSiloKeepsToThePaceOfThePhones: all phones are behind one that takes a while for each datagram. All at once would
// be more than it can answer before the transactions end, and would be sent again and again.
func TestSiloKeepsToThePaceOfThePhones(t *testing.T) {
	const users, each, work = 180, 10, 20 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		s := newBubble(t, "127.0.0.1:5072")
		fillOwners(t, s.db, users, each)
		s.slowPhone("127.0.0.1:5072", work)
		for i := range users {
			s.sender.Send(s.sender.Request("REGISTER", "sip:h.test", fmt.Sprintf("To: <sip:u%d@h.test>", i)))
			s.sender.Expect("202")
		}
		time.Sleep(10 * time.Minute)
		if n, failed := s.left(), s.statistic("failed_messages"); n != 0 || failed != 0 {
			t.Errorf("%d messages are left, %d transactions ended without an answer", n, failed)
		}
	})
}

// slowPhone answers what comes, and takes a while for each datagram.
func (b *bubble) slowPhone(addr string, work time.Duration) {
	b.t.Helper()
	conn, err := b.net.ListenUDP(netip.MustParseAddrPort(addr), false)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return // the end of the test
			}
			time.Sleep(work)
			_, _ = conn.WriteToUDPAddrPort([]byte(inproc.Reply(string(buf[:n]), 200, "OK")), from)
		}
	}()
}

// fillOwners stores messages for the users u0, u1 and so on.
func fillOwners(t *testing.T, d *db.DB, users, each int) {
	t.Helper()
	var rows []db.Write
	for i := range users * each {
		user := fmt.Sprint("u", i%users)
		rows = append(rows, db.Insert("silo", db.Col{Name: "src_addr", Value: "sip:alice@h.test"}, db.Col{Name: "dst_addr", Value: "sip:" + user + "@h.test"},
			db.Col{Name: "username", Value: user}, db.Col{Name: "domain", Value: "h.test"}, db.Col{Name: "ctype", Value: "text/x"},
			db.Col{Name: "body", Value: fmt.Sprint(i)}, db.Col{Name: "inc_time", Value: time.Now().Unix()}, db.Col{Name: "exp_time", Value: time.Now().Unix() + 36000}))
	}
	if err := d.Write(rows...); err != nil {
		t.Fatal(err)
	}
}
