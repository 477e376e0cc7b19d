package transport

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
)

// TestMSRPAmongSIP: the first bytes of each message decide; a frame of MSRP stays in the buffer until
// it is taken off.
func TestMSRPAmongSIP(t *testing.T) {
	const options = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi"
	const frame = "MSRP abcd SEND\r\nTo-Path: x\r\n-------abcd$\r\n"
	for _, step := range []int{1, 7, 1000} {
		f := Framer{MaxHeader: 1000, MaxBody: 1000, AcceptMSRP: true}
		in, got := strings.NewReader(options+frame+frame+options), []Kind(nil)
		for len(got) < 4 {
			x, ok, err := f.Next()
			if err != nil {
				t.Fatalf("step %d: %v after %v", step, err, got)
			}
			if ok {
				got = append(got, x.Kind)
			}
			for ok && x.Kind == MSRP && len(f.Bytes()) < len(frame) {
				fill(t, &f, in, step)
			}
			switch {
			case ok && x.Kind == MSRP:
				if !bytes.HasPrefix(f.Bytes(), []byte(frame)) {
					t.Fatalf("step %d: the frame is %q", step, f.Bytes())
				}
				f.Discard(len(frame))
			case !ok:
				fill(t, &f, in, step)
			}
		}
		if want := []Kind{SIP, MSRP, MSRP, SIP}; !bytes.Equal(kinds(got), kinds(want)) {
			t.Errorf("step %d: %v, want %v", step, got, want)
		}
	}
}

func kinds(list []Kind) (b []byte) {
	for _, k := range list {
		b = append(b, byte(k))
	}
	return b
}

// fill brings at most n bytes.
func fill(t *testing.T, f *Framer, in *strings.Reader, n int) {
	t.Helper()
	part := make([]byte, n)
	n, err := in.Read(part)
	if err == nil {
		err = f.Fill(bytes.NewReader(part[:n]))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestExactly: a message for one connection goes over no other one.
func TestExactly(t *testing.T) {
	s := New(Options{})
	if _, err := s.connFor(flow.Flow{Proto: flow.TCP, Conn: 99, Remote: netip.MustParseAddrPort("192.0.2.1:5060")}, SendOptions{Exact: true}); err != ErrNoConnection {
		t.Errorf("got %v", err)
	}
}
