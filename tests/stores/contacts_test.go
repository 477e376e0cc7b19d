package stores

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// TestExpiredContactsAreTold: the script hears of each contact that expires, wherever it was kept.
func TestExpiredContactsAreTold(t *testing.T) {
	for mode := range 4 {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) {
			url := dbtest.SQLite(t)
			d := dbtest.Tables(t, url, "usrloc")
			s := NewServer(t, registrarConfig(mode, url)+"modparam(\"registrar\", \"min_expires\", 1)\nmodparam(\"registrar\", \"event_callback\", \"expired\")\n", registerScript+`
function expired(event)
	KSR.err(event .. " " .. KSR.pv.get("$ulc(exp=>aor)") .. " " .. KSR.pv.get("$ulc(exp=>addr)") .. "\n")
end
`)
			s.Start()
			c := NewClient(t, s.Addr())
			ask(t, c, c.Request("REGISTER", "a@h.test", "a@h.test", "", "Contact: <sip:a@192.0.2.1>;expires=1"))
			ask(t, c, c.Request("REGISTER", "b@h.test", "b@h.test", "", "Contact: <sip:b@192.0.2.1>;expires=500"))
			Eventually(t, "the event", func() bool { return s.LogCount("usrloc:contact-expired a sip:a@192.0.2.1") == 1 })
			if mode > 0 {
				Eventually(t, "one row is left", func() bool { return rowCount(t, d) == 1 })
			}
			if n := s.LogCount("usrloc:contact-expired"); n != 1 {
				t.Errorf("%d events", n)
			}
		})
	}
}

// TestKeepalives: contacts are asked; one that does not answer is removed.
func TestKeepalives(t *testing.T) {
	s := NewServer(t, registrarConfig(0, "")+`modparam("usrloc", "ka_mode", 1)
modparam("usrloc", "ka_interval", 0)
modparam("usrloc", "ka_randomize", 0)
modparam("usrloc", "ka_timeout", 6)
modparam("usrloc", "ka_loglevel", -1)
`, registerScript)
	s.Start()
	c := NewClient(t, s.Addr())
	c.OnRequest = func(request string) string {
		if !strings.HasPrefix(request, "OPTIONS sip:alice@") {
			return ""
		}
		return Reply(request, 200, "OK")
	}
	for _, u := range []string{"alice", "bob"} {
		ask(t, c, c.Request("REGISTER", u+"@h.test", u+"@h.test", "", "Contact: <sip:"+u+"@"+c.Addr+">"))
	}
	Eventually(t, "bob is removed", func() bool { return len(lookup(t, s, "bob").Contacts) == 0 })
	if text := s.RPC("ul.lookup", "location", "alice"); strings.Contains(text, `"KA-Roundtrip":0,`) || strings.HasPrefix(text, "5") {
		t.Error(text)
	}
	if s.LogCount("keepalive roundtrip: 0.") == 0 || s.LogCount("to-uri: [sip:alice@kamailio.org] remote-addr: [udp:"+c.Addr+"]") == 0 {
		t.Error("no record of an answer")
	}
}

// TestLostConnections: contacts over a connection end with it, if that is asked for.
func TestLostConnections(t *testing.T) {
	url := dbtest.SQLite(t)
	d := dbtest.Tables(t, url, "usrloc")
	s := NewServer(t, registrarConfig(1, url)+"modparam(\"usrloc\", \"handle_lost_tcp\", 1)\n", registerScript)
	s.Start()
	register := "REGISTER sip:h.test SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:a@h.test>;tag=1\r\n" +
		"To: <sip:a@h.test>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:a@192.0.2.1;transport=tcp>\r\nContent-Length: 0\r\n\r\n"
	conn, reply := overTCP(t, s, register)
	if Status(reply) != 200 || rowCount(t, d) != 1 {
		t.Fatal(reply)
	}
	_ = conn.Close()
	Eventually(t, "the contact is gone", func() bool { return rowCount(t, d) == 0 && len(lookup(t, s, "a").Contacts) == 0 })
}

// TestMemoryOnly: save with flag 1 keeps a contact out of the database.
func TestMemoryOnly(t *testing.T) {
	for _, mode := range []int{1, 2} {
		url := dbtest.SQLite(t)
		d := dbtest.Tables(t, url, "usrloc")
		s := NewServer(t, registrarConfig(mode, url), strings.Replace(registerScript, `save("location", 0)`, `save("location", 1)`, 1))
		s.Start()
		c := NewClient(t, s.Addr())
		if reply := ask(t, c, c.Request("REGISTER", "a@h.test", "a@h.test", "", "Contact: <sip:a@192.0.2.1>")); Status(reply) != 200 {
			t.Fatal(reply)
		}
		s.RPC("ul.flush")
		if n := rowCount(t, d); n != 0 || len(lookup(t, s, "a").Contacts) != 1 {
			t.Errorf("db_mode %d: %d rows", mode, n)
		}
		s.Kill()
	}
}
