package fakenet_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
	. "github.com/moonroute/moonroute/core/transport/fakenet"
)

var start = time.Unix(1_000_000, 0)

func at(addr string, p flow.Proto) *flow.Socket {
	return flow.NewSocket(p, netip.MustParseAddrPort(addr), 0)
}

// host attaches a node with UDP and TCP that gives what it gets to got.
func host(t *testing.T, n *Net, addr string, got *[]transport.Packet) *Node {
	t.Helper()
	node, err := n.Attach(Handler(func(p transport.Packet) { *got = append(*got, p) }), at(addr, flow.UDP), at(addr, flow.TCP))
	if err != nil {
		t.Fatal(err)
	}
	return node
}

func drain(n *Net) {
	for n.Step() {
	}
}

func to(p flow.Proto, addr string) flow.Flow {
	return flow.Flow{Proto: p, Remote: netip.MustParseAddrPort(addr)}
}

func send(t *testing.T, from *Node, f flow.Flow, data string) {
	t.Helper()
	if err := from.Send(f, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func data(packets []transport.Packet) (all []string) {
	for _, p := range packets {
		all = append(all, p.Data)
	}
	return all
}

func TestDatagramArrivesAfterTheDelay(t *testing.T) {
	c := clock.NewManual(start)
	n := New(1, c)
	n.SetAll(Link{Delay: 30 * time.Millisecond})
	var inA, inB []transport.Packet
	a, b := host(t, n, "10.0.0.1:5060", &inA), host(t, n, "10.0.0.2:5060", &inB)
	send(t, a, to(flow.UDP, "10.0.0.2:5060"), "hello")
	drain(n)
	if len(inB) != 1 || inB[0].Data != "hello" || c.Now().Sub(start) != 30*time.Millisecond {
		t.Fatalf("%v at %v", inB, c.Now().Sub(start))
	}
	send(t, b, inB[0].Flow, "back")
	drain(n)
	if len(inA) != 1 || inA[0].Flow.Remote != netip.MustParseAddrPort("10.0.0.2:5060") || inA[0].Flow.Local.Proto != flow.UDP {
		t.Fatalf("%+v", inA)
	}
}

// traceOf runs a lossy exchange and gives its trace.
func traceOf(t *testing.T, seed uint64) (lines []string, arrived []transport.Packet) {
	n := New(seed, clock.NewManual(start))
	n.Trace = func(line string) { lines = append(lines, line) }
	n.SetAll(Link{Loss: 0.3, Duplicate: 0.3, Delay: 10 * time.Millisecond, Jitter: 40 * time.Millisecond})
	var in []transport.Packet
	a := host(t, n, "10.0.0.1:5060", &in)
	host(t, n, "10.0.0.2:5060", &arrived)
	for i := range 100 {
		n.After(time.Duration(i)*time.Millisecond, func() { send(t, a, to(flow.UDP, "10.0.0.2:5060"), string(rune('0'+i))) })
	}
	drain(n)
	return lines, arrived
}

func TestSameSeedSameTrace(t *testing.T) {
	first, arrived := traceOf(t, 7)
	again, _ := traceOf(t, 7)
	other, _ := traceOf(t, 8)
	if !slices.Equal(first, again) {
		t.Error("the same seed gave two traces")
	}
	if slices.Equal(first, other) {
		t.Error("another seed gave the same trace")
	}
	got := data(arrived)
	distinct := slices.Compact(slices.Sorted(slices.Values(got)))
	switch {
	case len(distinct) > 85 || len(distinct) < 55:
		t.Errorf("%d of 100 arrived at a loss of 30%%", len(distinct))
	case len(got) == len(distinct):
		t.Error("nothing arrived twice")
	case slices.IsSorted(got):
		t.Error("nothing was reordered")
	}
}

func TestPartition(t *testing.T) {
	n := New(1, clock.NewManual(start))
	var inA, inB []transport.Packet
	a := host(t, n, "10.0.0.1:5060", &inA)
	host(t, n, "10.0.0.2:5060", &inB)
	hostA, hostB := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	n.Partition(hostB, hostA)
	send(t, a, to(flow.UDP, "10.0.0.2:5060"), "lost")
	var failed error
	err := a.SendWith(to(flow.TCP, "10.0.0.2:5060"), []byte("lost"), transport.SendOptions{Failed: func(err error) { failed = err }})
	drain(n)
	if err != nil || len(inB) != 0 || !errors.Is(failed, ErrTimeout) || len(a.Connections()) != 0 {
		t.Fatalf("%v %v %v", err, inB, failed)
	}
	n.Heal(hostA, hostB)
	send(t, a, to(flow.UDP, "10.0.0.2:5060"), "through")
	drain(n)
	if got := data(inB); !slices.Equal(got, []string{"through"}) {
		t.Fatal(got)
	}
}

func TestStreamKeepsOrderAndConnection(t *testing.T) {
	n := New(1, clock.NewManual(start))
	n.SetAll(Link{Loss: 0.9, Duplicate: 0.9, Jitter: time.Second})
	var inA, inB []transport.Packet
	a, b := host(t, n, "10.0.0.1:5060", &inA), host(t, n, "10.0.0.2:5060", &inB)
	for _, text := range strings.Fields("1 2 3 4 5 6 7 8") {
		send(t, a, to(flow.TCP, "10.0.0.2:5060"), text)
	}
	drain(n)
	if got := strings.Join(data(inB), " "); got != "1 2 3 4 5 6 7 8" || len(a.Connections()) != 1 {
		t.Fatalf("%s on %v", got, a.Connections())
	}
	send(t, b, inB[0].Flow, "back")
	drain(n)
	if len(inA) != 1 || inA[0].Flow.Conn != a.Connections()[0] || len(b.Connections()) != 1 {
		t.Fatalf("%+v", inA)
	}
}

func TestStreamToNobodyFails(t *testing.T) {
	n := New(1, clock.NewManual(start))
	var in []transport.Packet
	a := host(t, n, "10.0.0.1:5060", &in)
	var failed error
	o := transport.SendOptions{Failed: func(err error) { failed = err }}
	if err := a.SendWith(to(flow.TCP, "10.0.0.2:5060"), nil, o); err != nil {
		t.Fatal(err)
	}
	drain(n)
	if !errors.Is(failed, ErrRefused) {
		t.Fatal(failed)
	}
	if err := a.SendWith(to(flow.TCP, "10.0.0.2:5060"), nil, transport.SendOptions{NoConnect: true}); !errors.Is(err, transport.ErrNoConnection) {
		t.Fatal(err)
	}
}

func TestDetachAndTakenAddress(t *testing.T) {
	n := New(1, clock.NewManual(start))
	var in []transport.Packet
	a, b := host(t, n, "10.0.0.1:5060", &in), host(t, n, "10.0.0.2:5060", &in)
	if _, err := n.Attach(Handler(nil), at("10.0.0.2:5060", flow.UDP)); err == nil {
		t.Fatal("two nodes have one address")
	}
	send(t, a, to(flow.UDP, "10.0.0.2:5060"), "on its way")
	b.Detach()
	drain(n)
	if len(in) != 0 {
		t.Fatal(in)
	}
}

func TestRunStopsAtItsEnd(t *testing.T) {
	c := clock.NewManual(start)
	n := New(1, c)
	var ran []int
	n.After(2*time.Second, func() { ran = append(ran, 2) })
	n.After(time.Second, func() { ran = append(ran, 1) })
	n.After(5*time.Second, func() { ran = append(ran, 5) })
	n.Run(3 * time.Second)
	if !slices.Equal(ran, []int{1, 2}) || c.Now().Sub(start) != 3*time.Second {
		t.Fatal(ran, c.Now().Sub(start))
	}
}
