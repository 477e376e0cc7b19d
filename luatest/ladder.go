package luatest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

const (
	ladderRows   = 30 // the last ones are shown
	ladderColumn = 26
)

// ladder shows what has passed between the peers and the server.
func (w *world) ladder() string {
	if len(w.wire) == 0 {
		return "no message has been sent"
	}
	list := w.wire
	var b strings.Builder
	if left := len(list) - ladderRows; left > 0 {
		fmt.Fprintf(&b, "(%d earlier messages)\n", left)
		list = list[left:]
	}
	for _, p := range list {
		fmt.Fprintf(&b, "%10.3fs  %*s -> %-*s  %s%s\n", p.at.Seconds(), 12, w.nameOf(p.from), 12, w.nameOf(p.to), title(p.text), w.nobody(p))
	}
	return strings.TrimRight(b.String(), "\n")
}

// nobody says so where a message went to an address that nobody has.
func (w *world) nobody(p packet) string {
	if slices.ContainsFunc(w.peers, func(x *peer) bool { return x.socket.Addr == p.to }) || w.ofServer(p.to) || w.ofServer(p.from) && p.proto.Reliable() {
		return ""
	}
	return "   (nobody is there)"
}

func (w *world) ofServer(at netip.AddrPort) bool {
	for _, s := range w.server.Core.Sockets() {
		if s.Addr == at {
			return true
		}
	}
	return false
}

// nameOf is who has an address.
func (w *world) nameOf(at netip.AddrPort) string {
	for _, x := range w.peers {
		if x.socket.Addr == at {
			return x.name
		}
	}
	if w.ofServer(at) {
		return "server"
	}
	return at.String()
}

func title(text string) string {
	m, err := sip.Parse(text)
	if err != nil {
		line, _, _ := strings.Cut(text, "\r\n")
		return fmt.Sprintf("%.40q", line)
	}
	return cut((&message{Message: m}).title(), 2*ladderColumn)
}
