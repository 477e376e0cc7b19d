package kemi

import (
	"net/netip"

	"github.com/moonroute/moonroute/core/sip"
)

// shardTexts is what a shard remembers of texts that scripts read again and again.
type shardTexts struct {
	addrs [32]struct {
		addr netip.Addr
		text string
	}
	uris [8]struct {
		uri sip.URI
		err error
	}
}

// AddrText is an address as scripts see it. IPv6 is written in full and in capitals
// (2001:DB8:0:0:0:0:0:1), as the incumbent writes it. Repeated peers cost no allocation.
func (sh *Shard) AddrText(a netip.Addr) string {
	a = a.Unmap()
	bytes := a.As16()
	e := &sh.texts.addrs[(bytes[15]^bytes[14]*7^bytes[13]*31)%32]
	if e.addr != a || e.text == "" {
		e.addr, e.text = a, addrText(a)
	}
	return e.text
}

func addrText(a netip.Addr) string {
	if a.Is4() || !a.IsValid() {
		return a.String()
	}
	bytes := a.As16()
	dst := make([]byte, 0, 39)
	for i := 0; i < 16; i += 2 {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = appendHex(dst, uint16(bytes[i])<<8|uint16(bytes[i+1]))
	}
	return string(dst)
}

func appendHex(dst []byte, n uint16) []byte {
	const digits = "0123456789ABCDEF"
	shift := 12
	for shift > 0 && n>>shift == 0 {
		shift -= 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, digits[n>>shift&15])
	}
	return dst
}

// ParseURI reads a URI, or gives the result of the last time if the shard remembers it. The
// pointer is never nil and good until the next call.
func (sh *Shard) ParseURI(text string) (*sip.URI, error) {
	if text == "" {
		return new(sip.URI), sip.ErrURI
	}
	n := len(text)
	e := &sh.texts.uris[(byte(n)^text[n-1]^text[n/2]*3)%8]
	if e.uri.Raw != text {
		e.err = e.uri.Parse(text)
	}
	return &e.uri, e.err
}
