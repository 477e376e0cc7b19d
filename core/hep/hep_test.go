package hep

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

func packet() *Packet {
	return &Packet{Proto: flow.UDP, Source: netip.MustParseAddrPort("192.0.2.1:5060"), Dest: netip.MustParseAddrPort("192.0.2.2:5080"),
		Time: time.Unix(0x01020304, 5_000), Capture: 7, Key: "k", Correlation: "id", Payload: "X"}
}

// TestVersions: each byte of the three versions.
func TestVersions(t *testing.T) {
	ports, addresses := "13c413d8", "c0000201c0000202"
	for version, want := range map[int]string{
		1: "01100211" + ports + addresses + "58",
		2: "02100211" + ports + addresses + "04030201" + "05000000" + "0700" + "0000" + "58",
		3: "48455033" + "0073" +
			"00000001000702" + "00000002000711" + "00000003000ac0000201" + "00000004000ac0000202" +
			"00000007000813c4" + "00000008000813d8" + "00000009000a01020304" + "0000000a000a00000005" +
			"0000000b000701" + "0000000c000a00000007" + "0000000e00076b" + "0000001100086964" + "0000000f000758",
	} {
		if got := hex.EncodeToString(packet().Append(nil, version)); got != want {
			t.Errorf("version %d:\n%s, want\n%s", version, got, want)
		}
	}
}

// TestMixedFamilies: an IPv4 peer of an IPv6 socket is written as IPv6.
func TestMixedFamilies(t *testing.T) {
	p := packet()
	p.Dest, p.Proto = netip.MustParseAddrPort("[2001:db8::1]:5061"), flow.TLS
	got := hex.EncodeToString(p.Append(nil, 3))
	for _, want := range []string{"0000000100070a", "00000002000706", "00000005001600000000000000000000ffffc0000201", "0000000600162001"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in %s", want, got)
		}
	}
}
