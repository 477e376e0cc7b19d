package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
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
		list, err := query(t.Context(), []string{server}, x.name, x.want)
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
		if list, err := query(t.Context(), []string{server}, name, A); !errors.Is(err, want) || list != nil {
			t.Errorf("%.20q: got %v, %v", name, list, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := query(ended, []string{server}, "x.test", A); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: got %v", err)
	}
}

func TestNextServer(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0") // nobody has the UDP port
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closed.Close() }()
	list, err := query(t.Context(), []string{closed.Addr().String(), serve(t)}, "x.test", A)
	if err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestServers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "resolv.conf")
	for text, want := range map[string][]string{
		"# none\n": {"127.0.0.1:53"},
		"search x\nnameserver 192.0.2.1\nnameserver\nnameserver 2001:db8::1 # second\n": {"192.0.2.1:53", "[2001:db8::1]:53"},
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := servers(file); !slices.Equal(got, want) {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if got := servers(file + "x"); len(got) != 1 {
		t.Errorf("without a file: got %v", got)
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
