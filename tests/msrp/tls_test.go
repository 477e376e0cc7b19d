package msrp

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/core/transport/tlstest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// secured is a relay that speaks TLS too.
type secured struct {
	*inproc.Server
	ca *tlstest.Authority
}

func startSecured(t *testing.T, script string) *secured {
	t.Helper()
	dir, ca := t.TempDir(), tlstest.NewAuthority(t, "authority")
	tlstest.File(t, dir, "ca.pem", ca.PEM)
	ca.Issue(nil, "127.0.0.1").Write(t, dir, "relay")
	lines := `
enable_tls=yes
listen=tls:127.0.0.1:TLS_PORT
loadmodule "tls.so"
modparam("tls", "certificate", "DIR/relay.pem")
modparam("tls", "private_key", "DIR/relay.key")
modparam("tls", "ca_list", "DIR/ca.pem")
`
	return &secured{ca: ca, Server: inproc.Start(t, inproc.Options{
		Config:  configuration + strings.ReplaceAll(lines, "DIR", dir),
		Defines: []string{"PORT=" + inproc.FreePort(t), "TLS_PORT=" + inproc.FreePort(t)},
		Files:   []inproc.File{{Name: "routes.lua", Text: script}},
	})}
}

// open connects over TLS or TCP.
func (s *secured) open(t *testing.T, p flow.Proto) *inproc.Stream {
	t.Helper()
	if p == flow.TCP {
		return s.Stream()
	}
	conn, err := tls.Dial("tcp", s.Address(flow.TLS).String(), &tls.Config{RootCAs: s.ca.Pool()})
	if err != nil {
		t.Fatal(err)
	}
	return secure(inproc.NewStream(t, conn))
}

// secure gives an end the URI of one that speaks TLS.
func secure(p *inproc.Stream) *inproc.Stream {
	p.URI = strings.Replace(p.URI, "msrp:", "msrps:", 1)
	return p
}

// TestFileOverTLS: a file comes through byte for byte over each pair of legs, both ways.
func TestFileOverTLS(t *testing.T) {
	size := 8 << 20
	if testing.Short() {
		size = 1 << 20
	}
	s := startSecured(t, script)
	for _, legs := range [][2]flow.Proto{{flow.TLS, flow.TLS}, {flow.TCP, flow.TLS}, {flow.TLS, flow.TCP}} {
		alice, bob := s.open(t, legs[0]), s.open(t, legs[1])
		alicePath, bobPath := granted(t, alice), granted(t, bob)
		if strings.HasPrefix(bobPath, "msrps:") != legs[1].Secure() {
			t.Errorf("%v: the path is %s", legs, bobPath)
		}
		alice.Send(alice.Frame("text", "SEND", bobPath+" "+bob.URI, headers(1, 5), "hello", msrp.Complete))
		if f := bob.Receive(); f.Body != "hello" {
			t.Errorf("%v: bob got\n%s", legs, f.Raw)
		}
		alice.Receive()
		exchangeFile(t, alice, bob, bobPath, size)
		exchangeFile(t, bob, alice, alicePath, size)
	}
}

// TestDialledOverTLS: a next hop with an msrps URI is reached over TLS, and only if it proves who it is.
func TestDialledOverTLS(t *testing.T) {
	s := startSecured(t, event(relayAll))
	for _, c := range []struct {
		issuer *tlstest.Authority
		ok     bool
	}{{s.ca, true}, {tlstest.NewAuthority(t, "other"), false}} {
		listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c.issuer.Issue(nil, "127.0.0.1").Certificate}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		alice := s.open(t, flow.TLS)
		alice.Send(alice.Frame("abcd", "SEND", "msrps://r/s;tcp msrps://"+listener.Addr().String()+"/x;tcp", "Message-ID: 1\nContent-Type: text/plain\n", "hello", msrp.Complete))
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		bob := secure(inproc.NewStream(t, conn))
		if !c.ok {
			if _, err := bob.Read(); err == nil {
				t.Error("a frame for an unknown peer")
			}
			alice.Receive()
			if f := alice.Receive(); f.Method != "REPORT" || f.Header("Status") != "000 408 Not delivered" {
				t.Errorf("alice got\n%s", f.Raw)
			}
			continue
		}
		f := bob.Receive()
		if f.Body != "hello" || !strings.Contains(string(f.From), "msrps://r/s;tcp") {
			t.Errorf("bob got\n%s", f.Raw)
		}
		alice.Receive()
		bob.Send(bob.Frame("efgh", "SEND", string(f.From), headers(1, 2), "hi", msrp.Complete))
		bob.Receive()
		if f := alice.Receive(); f.ID != "efgh" || f.Body != "hi" {
			t.Errorf("alice got\n%s", f.Raw)
		}
	}
}
