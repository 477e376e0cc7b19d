package siptrace_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/siptrace"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func message(callID, method string, cseq int) string {
	return fmt.Sprintf("%s sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContent-Length: 0\r\n\r\n",
		method, callID, cseq, method)
}

// server is a started module with its capture server and its table.
type server struct {
	*kemitest.Host
	t     *testing.T
	url   string
	agent net.PacketConn
}

func start(t *testing.T, params string) *server {
	t.Helper()
	agent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	url := dbtest.SQLite(t)
	dbtest.Tables(t, url, "siptrace")
	h := kemitest.Start(t, `
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "db_url", "`+url+`")
modparam("siptrace", "duplicate_uri", "sip:`+agent.LocalAddr().String()+`")
`+params, siptrace.Module)
	return &server{h, t, url, agent}
}

// received is the next copy.
func (s *server) received() string {
	s.t.Helper()
	if err := s.agent.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	p := make([]byte, 65536)
	n, _, err := s.agent.ReadFrom(p)
	if err != nil {
		s.t.Fatal("no copy came:", err)
	}
	return string(p[:n])
}

// rows waits until the table has n rows and gives them in their order.
func (s *server) rows(n int) (list []string) {
	s.t.Helper()
	d, err := s.Server.DB(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		rows, err := d.Select(context.Background(), db.Query{Table: "sip_trace", Columns: []string{"callid", "method", "status", "fromip", "toip", "fromtag", "direction"}, Order: "id"})
		if err != nil {
			s.t.Fatal(err)
		}
		if len(rows) < n {
			continue
		}
		for _, r := range rows {
			var cells []string
			for i := range 7 {
				cells = append(cells, r.Str(i))
			}
			list = append(list, strings.Join(cells, " "))
		}
		return list
	}
	s.t.Fatalf("the table has not got %d rows", n)
	return nil
}

var way = flow.Flow{Proto: flow.UDP, Remote: netip.MustParseAddrPort("192.0.2.7:5070"), Local: flow.NewSocket(flow.UDP, netip.MustParseAddrPort("192.0.2.8:5060"), 0)}

// TestOneMessage: sip_trace copies the message in hand as it is, to both places.
func TestOneMessage(t *testing.T) {
	s := start(t, "")
	text := message("1", "MESSAGE", 1)
	s.Run(text, func(c *kemi.Ctx) {
		c.Msg.Flow = way
		if v := s.Call(c, "siptrace", "sip_trace"); v.Int64() != 1 {
			t.Error("sip_trace gives", v.Text())
		}
	})
	if got := s.received(); got != text {
		t.Errorf("the copy is\n%s", got)
	}
	if got := s.rows(1); len(got) != 1 || got[0] != "1 MESSAGE  udp:192.0.2.7:5070 udp:192.0.2.8:5060 a in" {
		t.Errorf("the table has %q", got)
	}
}

// TestHEP: version 3 with its parts in place, and log lines beside the messages.
func TestHEP(t *testing.T) {
	s := start(t, `
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "hep_capture_id", 2026)
modparam("siptrace", "auth_key", "secret")
modparam("siptrace", "trace_to_database", 0)
`)
	text := message("1", "MESSAGE", 1)
	s.Run(text, func(c *kemi.Ctx) {
		c.Msg.Flow = way
		s.Call(c, "siptrace", "sip_trace")
		s.Call(c, "siptrace", "hlog", kemi.Str("a line"))
	})
	got := s.received()
	for _, want := range []string{"HEP3", "\x00\x00\x00\x07\x00\x08\x13\xce", "\x00\x00\x00\x0c\x00\x0a\x00\x00\x07\xea", "\x00\x00\x00\x0e\x00\x0csecret", text} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in %q", want, got)
		}
	}
	if got := s.received(); !strings.Contains(got, "\x00\x00\x00\x0b\x00\x07\x64") || !strings.HasSuffix(got, "a line") {
		t.Errorf("the log line is %q", got)
	}
}

// TestFollowing: with t the transaction's messages are copied, with d those of the dialog, and nothing else.
func TestFollowing(t *testing.T) {
	s := start(t, "")
	tap := s.Registry.Module("siptrace").State.(interface {
		Received(transport.Packet)
		Sent(flow.Flow, []byte)
	})
	for _, mode := range []string{"t", "d"} {
		s.Run(message(mode, "INVITE", 1), func(c *kemi.Ctx) {
			c.Msg.Flow = way
			s.Call(c, "siptrace", "sip_trace_mode", kemi.Str(mode))
		})
		tap.Sent(way, []byte(message(mode, "INVITE", 1)))
		tap.Received(transport.Packet{Data: "SIP/2.0 180 Ringing\r\n" + strings.SplitN(message(mode, "INVITE", 1), "\r\n", 2)[1], Flow: way})
		tap.Received(transport.Packet{Data: message("other", "INVITE", 1), Flow: way})
		tap.Received(transport.Packet{Data: message(mode, "BYE", 2), Flow: way})
	}
	peer, here := "udp:192.0.2.7:5070", "udp:192.0.2.8:5060"
	want := []string{
		"t INVITE  " + peer + " " + here + " a in", "t INVITE  " + here + " " + peer + " a out", "t INVITE 180 " + peer + " " + here + " a in",
		"d INVITE  " + peer + " " + here + " a in", "d INVITE  " + here + " " + peer + " a out", "d INVITE 180 " + peer + " " + here + " a in", "d BYE  " + peer + " " + here + " a in",
	}
	if got := s.rows(len(want)); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the table has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAskedAboutEachCopy: with an event route the copies of followed calls go where they would go without one.
func TestAskedAboutEachCopy(t *testing.T) {
	s := start(t, `modparam("siptrace", "evcb_msg", "nosuch")`)
	tap := s.Registry.Module("siptrace").State.(interface{ Sent(flow.Flow, []byte) })
	s.Run(message("1", "INVITE", 1), func(c *kemi.Ctx) { s.Call(c, "siptrace", "sip_trace_mode", kemi.Str("t")) })
	tap.Sent(way, []byte(message("1", "INVITE", 1)))
	if got := s.rows(2); !strings.HasSuffix(got[1], " out") {
		t.Errorf("the table has %q", got)
	}
}

// TestModesAddUp: what trace_mode has sent to the capture server, sip_trace writes to the database, and not twice.
func TestModesAddUp(t *testing.T) {
	s := start(t, `modparam("siptrace", "trace_mode", 1)`)
	text := message("1", "MESSAGE", 1)
	s.Registry.Module("siptrace").State.(interface{ Received(transport.Packet) }).Received(transport.Packet{Data: text, Flow: way})
	s.Run(text, func(c *kemi.Ctx) { s.Call(c, "siptrace", "sip_trace") })
	s.rows(1)
	s.Run(message("2", "MESSAGE", 1), func(c *kemi.Ctx) {
		s.Call(c, "siptrace", "sip_trace_dst", kemi.Str("sip:"+s.agent.LocalAddr().String()))
	})
	if first, second := s.received(), s.received(); first != text || !strings.Contains(second, "Call-ID: 2") {
		t.Errorf("the copies are\n%s\n%s", first, second)
	}
}

// TestNowhere: what goes nowhere is no copy, and is not counted as one.
func TestNowhere(t *testing.T) {
	h := kemitest.Start(t, `
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_to_database", 0)
`, siptrace.Module)
	h.Run(message("1", "MESSAGE", 1), func(c *kemi.Ctx) {
		if v := h.Call(c, "siptrace", "sip_trace"); v.Int64() != 1 {
			t.Error("sip_trace gives", v.Text())
		}
	})
	if n, _ := h.Server.Stats.Get("siptrace", "traced_requests"); n.Value() != 0 {
		t.Errorf("%d requests were copied", n.Value())
	}
}

// TestSwitch: siptrace.status switches all of it.
func TestSwitch(t *testing.T) {
	s := start(t, "")
	status := func(what string) string {
		return s.RPC(`{"jsonrpc":"2.0","id":1,"method":"siptrace.status","params":["` + what + `"]}`)
	}
	for _, c := range [][2]string{{"check", "Enabled"}, {"off", "Disabled"}, {"check", "Disabled"}, {"on", "Enabled"}, {"what", "want on, off or check"}} {
		if got := status(c[0]); !strings.Contains(got, c[1]) {
			t.Errorf("%s: %s", c[0], got)
		}
	}
	status("off")
	s.Run(message("no", "MESSAGE", 1), func(c *kemi.Ctx) { s.Call(c, "siptrace", "sip_trace") })
	status("on")
	s.Run(message("yes", "MESSAGE", 1), func(c *kemi.Ctx) { s.Call(c, "siptrace", "sip_trace") })
	if got := s.rows(1); len(got) != 1 || !strings.HasPrefix(got[0], "yes ") {
		t.Errorf("the table has %q", got)
	}
}

func TestRefusedSettings(t *testing.T) {
	for line, want := range map[string]string{
		`"hep_version", 4`:             "there are 1, 2 and 3",
		`"trace_flag", 32`:             "flags are 0 to 31",
		`"traced_user_avp", "$nosuch"`: "traced_user_avp",
		`"duplicate_uri", "nonsense"`:  "duplicate_uri",
	} {
		h, err := kemitest.New(t, `modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", `+line+`)`, siptrace.Module)
		if err == nil {
			err = h.Server.Start()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
