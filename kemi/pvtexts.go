package kemi

import (
	"net/netip"
	"unsafe"

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
	vars [128]struct {
		text string
		v    *Variable
	}
}

// FindVar is Registry.FindVar for texts that stand in a script: the same text in memory is found without reading it.
// The shard holds on to the text, so that nothing else can take its place in memory.
func (sh *Shard) FindVar(r *Registry, text string) *Variable {
	at := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	e := &sh.texts.vars[(at>>4^at>>11)%uintptr(len(sh.texts.vars))]
	if len(e.text) != len(text) || unsafe.StringData(e.text) != unsafe.StringData(text) || e.v == nil {
		if len(text) > maxCachedKey {
			return r.FindVar(text)
		}
		e.text, e.v = text, r.FindVar(text)
	}
	return e.v
}

// AddrText is an address as scripts see it. Repeated peers cost no allocation.
func (sh *Shard) AddrText(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	bytes := a.As16()
	e := &sh.texts.addrs[(bytes[15]^bytes[14]*7^bytes[13]*31)%32]
	if e.addr != a || e.text == "" {
		e.addr, e.text = a, a.String()
	}
	return e.text
}

// ParseURI reads a URI, or gives the result of the last time if the shard remembers it. One that cannot be read is counted
// each time. The pointer is never nil and good until the next call.
func (sh *Shard) ParseURI(text string) (*sip.URI, error) {
	if text == "" {
		return new(sip.URI), sip.ErrURI
	}
	n := len(text)
	e := &sh.texts.uris[(byte(n)^text[n-1]^text[n/2]*3)%8]
	if e.uri.Raw != text {
		e.err = e.uri.Parse(text)
	}
	if e.err != nil && sh.badURIs != nil {
		sh.badURIs.Add(1)
	}
	return &e.uri, e.err
}
