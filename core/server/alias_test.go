package server

import (
	"context"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// TestAcceptAliases: a connection serves the port of a Via with alias, if the server believes such peers.
func TestAcceptAliases(t *testing.T) {
	for _, x := range []struct {
		accept bool
		via    string
		want   []uint16
	}{
		{true, "192.0.2.7:5099;alias", []uint16{5099}},
		{true, "192.0.2.7;alias", []uint16{5060}},
		{true, "192.0.2.7:5099", nil},
		{false, "192.0.2.7:5099;alias", nil},
	} {
		if got := aliasesAfter(t, x.accept, x.via); !slices.Equal(got, x.want) {
			t.Errorf("tcp_accept_aliases %v, Via %s: %v, want %v", x.accept, x.via, got, x.want)
		}
	}
}

// aliasesAfter are the further ports of a connection on which a request with this Via came.
func aliasesAfter(t *testing.T, accept bool, via string) []uint16 {
	local := flow.NewSocket(flow.TCP, netip.MustParseAddrPort("192.0.2.1:5060"), 0)
	pipes, came := &fakenet.Pipes{}, make(chan bool, 1)
	s := New(Options{
		Script: routes{route.RequestRoute: func(*route.Call) route.Outcome {
			came <- true
			return route.Done
		}},
		Log: log.Discard(), Sockets: []*flow.Socket{local}, Shards: 1, TM: tm.NewParams(tm.DefaultValues()),
		Transport: transport.Options{Net: pipes}, AcceptAliases: accept,
	})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Stop(time.Second)
	peer, err := pipes.DialTCP(context.Background(), netip.MustParseAddrPort("192.0.2.7:40000"), local.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	if _, err := io.WriteString(peer, "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP "+via+";branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"+
		"To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-came
	return s.Transports().Connections()[0].Aliases
}
