package fakenet_test

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	. "github.com/moonroute/moonroute/core/transport/fakenet"
)

type packets chan transport.Packet

func (c packets) Receive(p transport.Packet, _ transport.Carrier) bool {
	c <- p
	return false
}

func TestPipesCarryASet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, got := new(Pipes), make(packets, 4)
		var sets []*transport.Set
		for _, addr := range []string{"10.0.0.1:5060", "10.0.0.2:5060"} {
			s := transport.New(transport.Options{Net: n, Receiver: got, UDPReaders: 2})
			sets = append(sets, s)
			if err := errors.Join(s.Listen(at(addr, flow.UDP)), s.Listen(at(addr, flow.TCP))); err != nil {
				t.Fatal(err)
			}
			s.Start()
		}
		text := "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n"
		for _, p := range []flow.Proto{flow.UDP, flow.TCP} {
			if err := sets[0].Send(to(p, "10.0.0.2:5060"), []byte(text)); err != nil {
				t.Fatal(err)
			}
			if p := <-got; p.Data != text || p.Flow.Remote.Addr() != netip.MustParseAddr("10.0.0.1") {
				t.Fatalf("%+v", p)
			}
		}
		for _, s := range sets {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := s.Close(ctx); err != nil {
				t.Error(err)
			}
			cancel()
		}
	})
}

func TestPipesSayWhatIsTaken(t *testing.T) {
	n, addr := new(Pipes), netip.MustParseAddrPort("10.0.0.1:5060")
	if _, err := n.ListenUDP(addr, true); err != nil {
		t.Fatal(err)
	}
	if _, err := n.ListenUDP(addr, false); !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatal(err)
	}
	if _, err := n.DialTCP(t.Context(), netip.AddrPort{}, addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatal(err)
	}
}
