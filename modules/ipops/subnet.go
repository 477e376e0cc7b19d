package ipops

import (
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

func (s *state) inSubnet(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	addr, k := parse(a.Str(0))
	if k != ipv4 && k != ipv6 {
		return no
	}
	for entry := range strings.SplitSeq(a.Str(1), ",") {
		if matches(addr, strings.TrimSpace(entry)) {
			return yes
		}
	}
	return no
}

// matches compares an address with another one or with a subnet. An entry that is neither fits nothing.
func matches(addr netip.Addr, entry string) bool {
	slash := strings.LastIndexByte(entry, '/')
	if slash < 0 {
		other, k := parse(entry)
		return k != noAddress && k != reference && other == addr
	}
	net, k := parse(entry[:slash])
	if k != ipv4 && k != ipv6 {
		return false
	}
	prefix, err := net.Prefix(leadingNumber(entry[slash+1:]))
	return err == nil && prefix.Contains(addr)
}

// leadingNumber is the number that a text begins with, as in the incumbent: 0 without digits.
func leadingNumber(text string) (n int) {
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "-") {
		return -1
	}
	for i := 0; i < len(text) && text[i]-'0' < 10; i++ {
		n = min(n*10+int(text[i]-'0'), 1000)
	}
	return n
}
