package procnet

import (
	"net/netip"
	"testing"
)

func TestDropsOfTheTable(t *testing.T) {
	const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1001 2 0000000000000000 5
  102: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1002 2 0000000000000000 7
  103: 0100007F:13C5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1003 2 0000000000000000 9
  104: 00000000000000000000000001000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1004 2 0000000000000000 11
  short line
  105: nonsense:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1004 2 0000000000000000 13
`
	for addr, want := range map[string]uint64{"127.0.0.1:5060": 12, "127.0.0.1:5061": 9, "[::1]:5060": 11, "127.0.0.2:5060": 0} {
		if n := drops(table, map[netip.AddrPort]bool{netip.MustParseAddrPort(addr): true}); n != want {
			t.Errorf("%s: %d, want %d", addr, n, want)
		}
	}
}
