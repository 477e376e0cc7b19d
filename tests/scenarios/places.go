package scenarios

import (
	"fmt"
	"net/netip"
	"strings"
)

// Ports of 127.0.0.1 where everybody is.
var ports = map[string]int{"server": 25000, "alice": 25010, "bob": 25020, "carol": 25030, "dave": 25040, "nobody": 25090}

// place is the address of a peer or the server.
func place(name string) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(ports[name]))
}

// names replaces {bob} and the like in the texts of a case.
var names = func() *strings.Replacer {
	var list []string
	for name, port := range ports {
		list = append(list, "{"+name+"}", place(name).String(), "{"+name+".port}", fmt.Sprint(port))
	}
	return strings.NewReplacer(list...)
}()

// places is the way back, for transcripts.
var places = func() *strings.Replacer {
	var list []string
	for name, port := range ports {
		list = append(list, place(name).String(), "{"+name+"}", fmt.Sprint(port), "{"+name+".port}")
	}
	return strings.NewReplacer(list...)
}()
