package hep

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/freeport"
)

const (
	caller = "192.0.2.1:5060"
	callee = "192.0.2.2:5060"
	common = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:alice@a>;tag=1\r\nCall-ID: hep-reader\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n"
)

// call is an INVITE and its answer, as packets of version 3.
func call() (packets [][]byte) {
	for _, p := range []struct{ from, to, text string }{
		{caller, callee, "INVITE sip:bob@192.0.2.2 SIP/2.0\r\nTo: <sip:bob@b>\r\nMax-Forwards: 70\r\n" + common + "\r\n"},
		{callee, caller, "SIP/2.0 200 OK\r\nTo: <sip:bob@b>;tag=2\r\n" + common + "\r\n"},
	} {
		packets = append(packets, (&Packet{
			Proto: flow.UDP, Source: netip.MustParseAddrPort(p.from), Dest: netip.MustParseAddrPort(p.to),
			Time: time.Unix(1700000000, 5000), Capture: 7, Correlation: "hep-reader", Payload: p.text,
		}).Append(nil, 3))
	}
	return packets
}

func find(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skip("left out: " + tool + " is not on this machine (tests/install-peers as root installs it)")
	}
	return path
}

// TestSngrepReads has sngrep listen as a collector and write what it understood to a file.
func TestSngrepReads(t *testing.T) {
	sngrep := find(t, "sngrep")
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.pcap")
	at := "127.0.0.1:" + strconv.Itoa(port)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, sngrep, "-F", "-N", "-q", "-L", "udp:"+at, "-O", out)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for !understood(out) && ctx.Err() == nil { // it says nowhere when it is ready
		for _, p := range call() {
			_, _ = conn.Write(p) // nobody may listen yet
		}
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	_ = cmd.Wait() // it was ended
	if !understood(out) {
		t.Error("sngrep has not written the call")
	}
}

// understood tells whether a capture file holds both messages, with the addresses that they had.
func understood(file string) bool {
	data, _ := os.ReadFile(file)
	text := string(data)
	from, to := "\xc0\x00\x02\x01", "\xc0\x00\x02\x02"
	return strings.Contains(text, "INVITE sip:bob@192.0.2.2 SIP/2.0\r\n") && strings.Contains(text, "SIP/2.0 200 OK\r\n") &&
		strings.Contains(text, from+to) && strings.Contains(text, to+from)
}
