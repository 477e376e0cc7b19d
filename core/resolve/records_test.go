package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/moonroute/moonroute/core/freeport"
)

// zone is what the server of the tests knows, in the form of zone files.
var zone = []string{
	"x.test. 60 IN CNAME y.test.",
	"x.test. 60 IN A 192.0.2.1",
	"x.test. 60 IN SRV 1 2 5060 a.x.test.",
	"x.test. 60 IN SRV 3 4 5061 .",
	`x.test. 60 IN NAPTR 1 2 "u" "E2U+sip" "!^\\+(.*)$!sip:\\1@x\"\195\164!" .`,
	`x.test. 60 IN NAPTR 3 4 "s" "SIP+D2T" "" _sip._tcp.x.test.`,
	`o\@dd.test. 60 IN A 192.0.2.2`,
	"cut.test. 60 IN A 192.0.2.3",
	"alias.test. 60 IN CNAME x.test.",
	"round.test. 60 IN CNAME round2.test.",
	"round2.test. 60 IN CNAME round.test.",
}

// answerFrom makes an answer with all of the zone that has the name; names say how it goes wrong.
func answerFrom(t testing.TB, question *dns.Msg, tcp bool) *dns.Msg {
	name := question.Question[0].Name
	answer := new(dns.Msg).SetReply(question)
	for _, line := range zone {
		if rr, err := dns.NewRR(line); err != nil {
			t.Error(err)
		} else if rr.Header().Name == name {
			answer.Answer = append(answer.Answer, rr)
		}
	}
	switch name {
	case "missing.test.":
		answer.Rcode = dns.RcodeNameError
	case "broken.test.":
		answer.Rcode = dns.RcodeServerFailure
	case "other.test.":
		answer.Question[0].Name = "another.test."
	case "question.test.":
		answer.Response = false
	case "cut.test.":
		if !tcp {
			answer.Truncated, answer.Answer = true, nil
		}
	}
	return answer
}

// serve starts a server on UDP and TCP and gives its address.
func serve(t *testing.T) string {
	t.Helper()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*dns.Server{{Listener: listener}, {PacketConn: packets}} {
		s.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, question *dns.Msg) {
			_ = w.WriteMsg(answerFrom(t, question, w.RemoteAddr().Network() == "tcp"))
		})
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() { _ = s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return listener.Addr().String()
}

func TestQuery(t *testing.T) {
	server := serve(t)
	for _, x := range []struct {
		name string
		want Type
		list []Record
	}{
		{"x.test", A, []Record{{Addr: netip.MustParseAddr("192.0.2.1")}}},
		{"o@dd.test.", A, []Record{{Addr: netip.MustParseAddr("192.0.2.2")}}},
		{"cut.test", A, []Record{{Addr: netip.MustParseAddr("192.0.2.3")}}},
		{"x.test.", SRV, []Record{{Priority: 1, Weight: 2, Port: 5060, Target: "a.x.test"}, {Priority: 3, Weight: 4, Port: 5061}}},
		{"x.test", NAPTR, []Record{
			{Order: 1, Preference: 2, Flags: "u", Services: "E2U+sip", Regexp: `!^\+(.*)$!sip:\1@x"ä!`},
			{Order: 3, Preference: 4, Flags: "s", Services: "SIP+D2T", Replacement: "_sip._tcp.x.test"},
		}},
		{"cut.test", SRV, nil},
	} {
		list, err := asking(server).Ask(t.Context(), x.name, x.want)
		for i := range list {
			if list[i].TTL != 60 {
				t.Errorf("%s: lives for %d s", x.name, list[i].TTL)
			}
			list[i].TTL = 0
		}
		if err != nil || !slices.Equal(list, x.list) {
			t.Errorf("%s, type %d: got %+v, %v", x.name, x.want, list, err)
		}
	}
}

func TestQueryFails(t *testing.T) {
	server := serve(t)
	long := strings.Repeat("a.", 150)
	for name, want := range map[string]error{
		"missing.test": ErrNotFound, "broken.test": ErrAnswer, "other.test": ErrAnswer, "question.test": ErrAnswer,
		"": ErrName, ".": ErrName, "a..b": ErrName, strings.Repeat("a", 64): ErrName, long: ErrName,
	} {
		if list, err := asking(server).Ask(t.Context(), name, A); !errors.Is(err, want) || list != nil {
			t.Errorf("%.20q: got %v, %v", name, list, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := asking(server).Ask(ended, "x.test", A); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: got %v", err)
	}
}

func TestNextServer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0") // nobody has the UDP port
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closed.Close() }()
	list, err := asking(closed.Addr().String(), serve(t)).Ask(t.Context(), "x.test", A)
	if err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

// asking is a client of the given servers.
func asking(servers ...string) *client {
	v := DefaultValues()
	v.Servers, v.Search = servers, false
	return newClient("", func() *Values { return &v })
}

// TestPlan reads what is asked, and how, from the file and the parameters.
func TestPlan(t *testing.T) {
	const file = "search x.test y.test.\nnameserver 192.0.2.1\nnameserver\nnameserver 2001:db8::1 # second\noptions timeout:3 attempts:4 ndots:2\n"
	for _, x := range []struct {
		name, text string
		edit       func(*Values)
		want       string
	}{
		{"none", "# none\n", nil, "[127.0.0.1:53] [] 1 2 5s"},
		{"the file", file, nil, "[192.0.2.1:53 [2001:db8::1]:53] [x.test y.test.] 2 4 3s"},
		{"dns_servers_no", file, func(v *Values) { v.ServersNo = 1 }, "[192.0.2.1:53] [x.test y.test.] 2 4 3s"},
		{"dns_servers", file, func(v *Values) { v.Servers = []string{"192.0.2.9:5353"} }, "[192.0.2.9:5353] [x.test y.test.] 2 4 3s"},
		{"dns_retr_time, dns_retr_no", file, func(v *Values) { v.TryTime, v.Tries = time.Second, 1 }, "[192.0.2.1:53 [2001:db8::1]:53] [x.test y.test.] 2 1 1s"},
		{"dns_use_search_list", file, func(v *Values) { v.Search = false }, "[192.0.2.1:53 [2001:db8::1]:53] [] 2 4 3s"},
	} {
		path := filepath.Join(t.TempDir(), "resolv.conf")
		if err := os.WriteFile(path, []byte(x.text), 0o600); err != nil {
			t.Fatal(err)
		}
		v := DefaultValues()
		if x.edit != nil {
			x.edit(&v)
		}
		p := newClient(path, func() *Values { return &v }).plan()
		if got := fmt.Sprint(p.servers, p.search, p.dots, p.tries, p.timeout); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

// TestSearchList: a short name is tried with the endings first, a long one last.
func TestSearchList(t *testing.T) {
	p := plan{search: []string{"x.test", "y.test."}, dots: 1}
	for name, want := range map[string]string{
		"a":   "[a.x.test a.y.test a]",
		"a.b": "[a.b a.b.x.test a.b.y.test]",
	} {
		if got := fmt.Sprint(p.names(name)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestAlias follows an alias whose records another answer has.
func TestAlias(t *testing.T) {
	list, err := asking(serve(t)).Ask(t.Context(), "alias.test", A)
	if err != nil || len(list) != 1 || list[0].Addr.String() != "192.0.2.1" {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := asking(serve(t)).Ask(t.Context(), "round.test", A); !errors.Is(err, ErrAnswer) || list != nil {
		t.Errorf("in a circle: %v, %v", list, err)
	}
}

// TestReserved: nobody is asked for names that cannot exist.
func TestReserved(t *testing.T) {
	if _, err := asking("127.0.0.1:1").Ask(t.Context(), "a.invalid", A); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestParseServer(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.1": "192.0.2.1:53", " 192.0.2.1:5353": "192.0.2.1:5353", "2001:db8::1": "[2001:db8::1]:53", "[2001:db8::1]:54": "[2001:db8::1]:54",
		"name": "", "192.0.2.1:0": "", "": "",
	} {
		if got, err := ParseServer(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// A character string comes out as it was on the wire.
func FuzzUnescape(f *testing.F) {
	f.Add(`!^\+(.*)$!sip:\1@x"!`)
	f.Add("\\\\065\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 255)]
		data := "\x00\x01\x00\x02\x00\x00" + string([]byte{byte(len(text))}) + text + "\x00"
		wire := []byte{0, 0, byte(NAPTR), 0, dns.ClassINET, 0, 0, 0, 0, byte(len(data) >> 8), byte(len(data))}
		wire = append(wire, data...)
		rr, _, err := dns.UnpackRR(wire, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := record(rr).Regexp; got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}
