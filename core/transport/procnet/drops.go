// Package procnet reads what the system tells of its sockets (proc(5)).
package procnet

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// Drops is how many datagrams the system has thrown away because the receive buffers of the UDP sockets at some addresses
// were full. Systems without /proc tell nothing, which counts as none. It reads files.
func Drops(ours map[netip.AddrPort]bool) (n uint64) {
	for _, file := range []string{"/proc/net/udp", "/proc/net/udp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		n += drops(string(text), ours)
	}
	return n
}

// drops sums up the last column of the lines of a table (proc(5)) whose local address is one of ours.
func drops(table string, ours map[netip.AddrPort]bool) (n uint64) {
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 13 {
			continue
		}
		local, ok := procAddr(fields[1])
		if !ok || !ours[local] {
			continue
		}
		dropped, _ := strconv.ParseUint(fields[12], 10, 64)
		n += dropped
	}
	return n
}

// procAddr reads "0100007F:13C4": an address in words of the machine's byte order, and a port.
func procAddr(text string) (netip.AddrPort, bool) {
	host, port, ok := strings.Cut(text, ":")
	bytes, err := hex.DecodeString(host)
	number, err2 := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || err2 != nil || len(bytes)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(bytes); i += 4 {
		binary.NativeEndian.PutUint32(bytes[i:], binary.BigEndian.Uint32(bytes[i:]))
	}
	addr, ok := netip.AddrFromSlice(bytes)
	return netip.AddrPortFrom(addr, uint16(number)), ok
}
