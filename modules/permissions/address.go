package permissions

import (
	"net/netip"
)

// addresses is the content of the address table. It does not change.
type addresses struct {
	hosts    map[netip.Addr][]entry // in the order of the table
	names    map[string][]entry
	networks networks
}

// entry is what the table says of an address, a name or a network.
type entry struct {
	group, port int // port 0: any
	tag         optional
	order       int // in the table
}

// optional is a text that may be absent (NULL).
type optional struct {
	text string
	set  bool
}

// orNull is the text as dumps show it.
func (o optional) orNull() string {
	if o.text == "" {
		return "NULL"
	}
	return o.text
}

// wanted is what a check asks for.
type wanted struct {
	group, port int
	anyGroup    bool
	longest     bool // of several networks: the one with the longest prefix, not the first one
}

func (w *wanted) fits(e *entry) bool {
	return (w.anyGroup || e.group == w.group) && (e.port == 0 || e.port == w.port)
}

// last finds the newest entry that fits, as the incumbent does.
func (w *wanted) last(list []entry) *entry {
	for i := len(list) - 1; i >= 0; i-- {
		if w.fits(&list[i]) {
			return &list[i]
		}
	}
	return nil
}

// findIP looks for an address: as itself first, then in a network. Nil if there is none.
func (a *addresses) findIP(ip netip.Addr, w wanted) *entry {
	if e := w.last(a.hosts[ip]); e != nil {
		return e
	}
	return a.networks.find(ip, w)
}

// findName looks for a name, letter by letter. Nothing is resolved.
func (a *addresses) findName(name string, w wanted) *entry { return w.last(a.names[name]) }
