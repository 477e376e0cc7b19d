//go:build linux && (amd64 || arm64)

package flood

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"
)

// relay is a server that carries datagrams from one side to the other as they are. It refuses one call of three, and loses one datagram of fifty.
type relay struct {
	conn  *net.UDPConn
	flood *Flood
	n     int
}

func (r *relay) run() {
	caller, callee := netip.MustParseAddrPort(r.flood.Caller()), netip.MustParseAddrPort(r.flood.Callee())
	buf := make([]byte, 4096)
	for {
		size, from, err := r.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		text := buf[:size]
		r.n++
		switch {
		case r.n%50 == 0:
		case from == callee:
			_, _ = r.conn.WriteToUDPAddrPort(text, caller)
		case refusable(text):
			reply := append([]byte("SIP/2.0 503 Busy\r\n"), text[bytes.IndexByte(text, '\n')+1:]...)
			_, _ = r.conn.WriteToUDPAddrPort(bytes.Replace(reply, []byte(">\r\nCall-ID"), []byte(">;tag=r\r\nCall-ID"), 1), caller)
		default:
			_, _ = r.conn.WriteToUDPAddrPort(text, callee)
		}
	}
}

// refusable tells whether a request is the INVITE of a call whose number can be divided by three.
func refusable(text []byte) bool {
	return bytes.HasPrefix(text, []byte("INVITE")) && number(header(text, "Call-ID"))%3 == 0
}

// TestFlood: each call ends as what it is, although datagrams are lost.
func TestFlood(t *testing.T) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f, err := New(conn.LocalAddr().(*net.UDPAddr), "sip:bob@example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	go (&relay{conn: conn, flood: f}).run()
	for _, l := range []Load{{Rate: 2000, For: 300 * time.Millisecond}, {AtOnce: 10, For: 300 * time.Millisecond}} {
		f.Run(l)
		for end := time.Now().Add(10 * time.Second); f.open > 0 && time.Now().Before(end); {
			f.turn(time.Now(), 0)
		}
		r := f.result
		if r.Completed+r.Refused != r.Begun || r.Failed > 0 || f.ending() > 0 {
			t.Errorf("%+v: %+v, %d open", l, r, f.open)
		}
		if part := 3 * r.Refused; part < r.Begun-3 || part > r.Begun+3 {
			t.Errorf("%+v: %d of %d refused", l, r.Refused, r.Begun)
		}
		if l.Rate > 0 && (r.Begun < 550 || r.Begun > 600) {
			t.Errorf("%d begun", r.Begun)
		}
	}
}

// TestRepeats: what is not answered is sent again after 0.5, 1, 2, 4, 8 and 16 s, in this order.
func TestRepeats(t *testing.T) {
	var r repeats
	now := time.Unix(1000, 0)
	r.add(0, 1, inviting, now)
	r.add(0, 2, ending, now.Add(time.Millisecond))
	var after []time.Duration
	for at := now; len(after) < mostRepeats; at = at.Add(time.Millisecond) {
		x, stage, ok := r.next(at)
		if !ok || x.n == 2 {
			continue
		}
		after = append(after, at.Sub(now))
		if stage+1 < mostRepeats {
			r.add(stage+1, x.n, x.state, at)
		}
	}
	want := firstRepeat
	for i, d := range after {
		if d < want-time.Millisecond || d > want+10*time.Millisecond {
			t.Errorf("%d. after %v, want %v", i+1, d, want)
		}
		want = 2*want + firstRepeat
	}
}
