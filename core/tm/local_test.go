package tm

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
)

func TestLocalRequest(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.LocalRequestEvent = "event" })
	w.script["event"] = func(c *route.Call) route.Outcome {
		if c.Kind != route.LocalRoute || c.Message.RequestURI != "sip:bob@10.0.0.2" {
			t.Error(c.Kind, c.Message.RequestURI)
		}
		c.Message.Edits.Insert(c.Message.HeadersEnd, "X-Event: local\r\n")
		return route.Done
	}
	var result LocalResult
	_, err := w.table.Start(&LocalRequest{
		Method: "MESSAGE", URI: "sip:bob@10.0.0.2", Body: "hi", CallID: "local@x",
		Headers: "From: <sip:robot@x>;tag=r\r\nTo: <sip:bob@x>\r\nContent-Type: text/plain\r\n",
		Done:    func(r LocalResult) { result = r },
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := w.grab("bob MESSAGE", "bob MESSAGE")
	first, rest, _ := strings.Cut(raw, "\r\n")
	via, rest, _ := strings.Cut(rest, "\r\n")
	want := "To: <sip:bob@x>\r\nFrom: <sip:robot@x>;tag=r\r\nCSeq: 10 MESSAGE\r\nCall-ID: local@x\r\nMax-Forwards: 70\r\n" +
		"Content-Length: 2\r\nUser-Agent: test\r\nContent-Type: text/plain\r\nX-Event: local\r\n\r\nhi"
	if first != "MESSAGE sip:bob@10.0.0.2 SIP/2.0" || !strings.HasPrefix(via, "Via: SIP/2.0/UDP 10.0.0.100:5060;branch=z9hG4bK") || rest != want {
		t.Errorf("sent %q", raw)
	}
	w.pass(600 * time.Millisecond)
	w.expect("bob MESSAGE")
	w.reply("bob", raw, 202)
	if result.Code != 202 || result.Reply == nil {
		t.Error(result)
	}
	w.expect()
	w.empty()
}

func TestLocalRequestFails(t *testing.T) {
	cases := []struct {
		name    string
		request LocalRequest
	}{
		{"no To", LocalRequest{Method: "MESSAGE", URI: "sip:10.0.0.2", Headers: "From: <sip:a@x>\r\n"}},
		{"no method", LocalRequest{URI: "sip:10.0.0.2", Headers: "From: <sip:a@x>\r\nTo: <sip:a@x>\r\n"}},
		{"no such host", LocalRequest{Method: "MESSAGE", URI: "sip:nowhere.invalid", Headers: "From: <sip:a@x>\r\nTo: <sip:a@x>\r\n"}},
		{"a line break in the URI", LocalRequest{Method: "MESSAGE", URI: "sip:a\r\nX: y", Headers: "From: <sip:a@x>\r\nTo: <sip:a@x>\r\n"}},
	}
	for _, c := range cases {
		w := newWorld(t, nil)
		if _, err := w.table.Start(&c.request); err == nil {
			t.Errorf("%s: no error", c.name)
		}
		w.expect()
		w.empty()
	}
}

func TestLocalRequestWithoutAnAnswer(t *testing.T) {
	w := newWorld(t, nil)
	code := 0
	_, err := w.table.Start(&LocalRequest{
		Method: "OPTIONS", URI: "sip:10.0.0.2", Headers: "From: <sip:a@x>\r\nTo: <sip:a@x>\r\n",
		Done: func(r LocalResult) { code = r.Code },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.pass(31 * time.Second)
	if code != 408 {
		t.Error(code)
	}
	w.empty()
}

func TestLocalInviteIsAcknowledged(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.table.Start(&LocalRequest{Method: "INVITE", URI: "sip:bob@10.0.0.2", Headers: "From: <sip:a@x>\r\nTo: <sip:b@x>\r\n"})
	if err != nil {
		t.Fatal(err)
	}
	invite := w.grab("bob INVITE", "bob INVITE")
	w.reply("bob", invite, 180)
	for range 2 {
		w.reply("bob", invite, 200, "Contact: <sip:desk@10.0.0.3>", "Record-Route: <sip:10.0.0.5;lr>", "Record-Route: <sip:10.0.0.4;lr>")
		ack := w.grab("dave ACK", "dave ACK")
		if !strings.HasPrefix(ack, "ACK sip:desk@10.0.0.3 SIP/2.0\r\n") || !strings.Contains(ack, "Route: <sip:10.0.0.4;lr>\r\nRoute: <sip:10.0.0.5;lr>\r\n") ||
			!strings.Contains(ack, "CSeq: 10 ACK\r\n") || !strings.Contains(ack, "To: <sip:b@x>;tag=bob\r\n") {
			t.Error(ack)
		}
	}
	w.empty()
}

// ways are addresses of one name, for failover.
func (w *world) ways(hosts ...string) (list []flow.Flow) {
	for _, h := range hosts {
		list = append(list, flow.Flow{Proto: flow.UDP, Local: w.socket, Remote: netip.MustParseAddrPort(peers[h] + ":5060")})
	}
	return list
}

func TestFailover(t *testing.T) {
	cases := []struct {
		name string
		play func(w *world, bob string)
		want []string
	}{
		{"503", func(w *world, bob string) { w.reply("bob", bob, 503) }, []string{"bob ACK", "carol INVITE"}},
		{"silence", func(w *world, bob string) { w.pass(30 * time.Second); w.sent = w.sent[len(w.sent)-1:] }, []string{"carol INVITE"}},
		{"404 is an answer", func(w *world, bob string) { w.reply("bob", bob, 404) }, []string{"bob ACK", "alice 404 INVITE"}},
		{"a host that is down", func(w *world, bob string) {
			w.broken[peers["carol"]] = true
			w.reply("bob", bob, 503)
		}, []string{"bob ACK", "dave INVITE"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.names["cluster"] = w.ways("bob", "carol", "dave")
			m := w.request("INVITE", "f")
			m.SetURI("sip:cluster")
			w.relay(m)
			bob := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
			c.play(w, bob)
			w.expect(c.want...)
			w.empty()
		})
	}
}

func TestFailoverTurnedOff(t *testing.T) {
	for _, off := range []func(w *world, m *route.Message) RelayOptions{
		func(w *world, m *route.Message) RelayOptions { return RelayOptions{Flags: NoDNSFailover} },
		func(w *world, m *route.Message) RelayOptions {
			w.table.SetOption(m, NoFailover, true)
			return RelayOptions{}
		},
	} {
		w := newWorld(t, nil)
		w.names["cluster"] = w.ways("bob", "carol")
		m := w.request("INVITE", "f")
		m.SetURI("sip:cluster")
		w.table.Relay(m, off(w, m))
		w.reply("bob", w.last("bob INVITE"), 503)
		w.expect("alice 100 INVITE", "bob INVITE", "bob ACK", "alice 500 INVITE")
		w.empty()
	}
}

func TestSendErrorTriesTheNextAddress(t *testing.T) {
	w := newWorld(t, nil)
	w.names["cluster"] = w.ways("bob", "carol")
	w.broken[peers["bob"]] = true
	m := w.request("INVITE", "f")
	m.SetURI("sip:cluster")
	if rc := w.relay(m); rc != 1 {
		t.Error(rc)
	}
	w.expect("alice 100 INVITE", "carol INVITE")
	w.empty()
}

func TestConnectionThatBreaksLater(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("INVITE", "f")
	m.SetURI("sip:10.0.0.2;transport=tcp")
	w.relay(m)
	w.take()
	w.fails[len(w.fails)-1](errors.New("refused"))
	for _, f := range w.posted {
		f()
	}
	if got := w.grab("alice 477 INVITE", "alice 477 INVITE"); !strings.Contains(got, "(477/TM)") {
		t.Error(got)
	}
	w.empty()
}

func TestContactsInGroups(t *testing.T) {
	w := newWorld(t, func(v *Values) { v.ContactsAVP = "c" })
	m := w.request("INVITE", "q")
	if rc := w.table.NextContacts(m); rc != -2 {
		t.Error("next without load:", rc)
	}
	m.SetURI("sip:u@10.0.0.2")
	for i, q := range []int{500, 500, 1000} {
		m.Branches = append(m.Branches, route.Target{URI: "sip:u@" + []string{peers["carol"], peers["dave"], peers["erin"]}[i], Q: q})
	}
	if a, b := w.table.LoadContacts(m, false), w.table.NextContacts(m); a != 1 || b != 1 {
		t.Fatal(a, b)
	}
	w.script["next"] = func(c *route.Call) route.Outcome {
		if w.table.NextContacts(c.Message) < 0 {
			return route.Done
		}
		Arm(c.Message, OnFailureRoute, route.Callback{Name: "next"})
		w.table.Relay(c.Message, RelayOptions{})
		return route.Done
	}
	m.Armed.Failure = route.Callback{Name: "next"}
	w.relay(m)
	w.reply("erin", w.grab("erin INVITE", "alice 100 INVITE", "erin INVITE"), 486)
	carol, dave := w.last("carol INVITE"), w.last("dave INVITE")
	group := w.take()
	slices.Sort(group)
	if !slices.Equal(group, []string{"carol INVITE", "dave INVITE", "erin ACK"}) {
		t.Error(group)
	}
	w.reply("carol", carol, 404)
	w.expect("carol ACK")
	w.reply("dave", dave, 480)
	bob := w.grab("bob INVITE", "dave ACK", "bob INVITE")
	w.reply("bob", bob, 410)
	w.expect("bob ACK", "alice 410 INVITE")
	w.empty()
}

func TestReplicaStaysSilent(t *testing.T) {
	w := newWorld(t, nil)
	m := w.request("MESSAGE", "r")
	if rc := w.table.Relay(m, RelayOptions{NextHop: "sip:10.0.0.3", Replica: true}); rc != 1 {
		t.Fatal(rc)
	}
	w.table.AfterRequest(m)
	copied := w.grab("carol MESSAGE", "carol MESSAGE")
	Of(m).Reply(m, 202, "Mine")
	w.expect("alice 202 MESSAGE")
	w.reply("carol", copied, 404)
	w.expect()
	w.empty()
}

// TestLocalFailureRoute: with enable_uac_fr a failure route that the event arms may try elsewhere, under one Via.
func TestLocalFailureRoute(t *testing.T) {
	for _, enabled := range []int{0, 1} {
		w := newWorld(t, func(v *Values) { v.LocalRequestEvent, v.EnableUACFr = "event", enabled })
		w.script["event"] = func(c *route.Call) route.Outcome {
			Arm(c.Message, OnFailureRoute, route.Callback{Name: "failed"})
			return route.Done
		}
		w.script["failed"] = func(c *route.Call) route.Outcome {
			c.Message.SetURI("sip:carol@10.0.0.3")
			w.table.Relay(c.Message, RelayOptions{})
			return route.Done
		}
		code := 0
		_, err := w.table.Start(&LocalRequest{
			Method: "MESSAGE", URI: "sip:bob@10.0.0.2", Headers: "From: <sip:robot@x>;tag=r\r\nTo: <sip:bob@x>\r\n",
			Done: func(r LocalResult) { code = r.Code },
		})
		if err != nil {
			t.Fatal(err)
		}
		w.reply("bob", w.grab("bob MESSAGE", "bob MESSAGE"), 404)
		if enabled == 0 {
			w.expect()
			if code != 404 {
				t.Error(code)
			}
			continue
		}
		raw := w.grab("carol MESSAGE", "carol MESSAGE")
		if strings.Count(raw, "\r\nVia: ") != 1 || !strings.HasPrefix(raw, "MESSAGE sip:carol@10.0.0.3 ") {
			t.Errorf("sent %q", raw)
		}
		w.reply("carol", raw, 202)
		if code != 202 {
			t.Error(code)
		}
		w.empty()
	}
}
