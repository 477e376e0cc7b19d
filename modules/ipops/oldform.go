package ipops

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// oldForm reads an IPv4 address as the C library's resolver does: one to four numbers, decimal, octal (010) or
// hexadecimal (0x8), of which the last one fills the bytes that are left.
func oldForm(text string) (netip.Addr, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	sum := uint64(0)
	for i, part := range parts {
		rest := 8
		if last := len(parts) - 1; i == last {
			rest = 8 * (4 - last)
		}
		n, ok := oldNumber(part)
		if !ok || n>>rest != 0 {
			return netip.Addr{}, false
		}
		sum = sum<<rest | n
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(sum)))), true
}

func oldNumber(s string) (uint64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 0, 32)
	return n, err == nil && !strings.Contains(s, "_")
}
