//go:build linux && (amd64 || arm64)

package transport

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/moonroute/moonroute/core/transport/mmsg"
)

// gathering is what a socket has to send later.
type gathering struct {
	n        atomic.Int64 // how many datagrams
	mu       sync.Mutex
	out      mmsg.Out
	failed   []func(error) // of each datagram
	lost     []lostDatagram
	tryWrite func(fd uintptr) bool
}

// gather implements gatherer.
func (u *rawUDP) gather(data []byte, to netip.AddrPort, failed func(error)) int {
	g := &u.gathering
	g.mu.Lock()
	defer g.mu.Unlock()
	g.out.Add(data, to)
	g.failed = append(g.failed, failed)
	return int(g.n.Add(1))
}

// gathered implements gatherer.
func (u *rawUDP) gathered() int { return int(u.gathering.n.Load()) }

// flush implements gatherer.
func (u *rawUDP) flush() (sent int, lost []lostDatagram) {
	g := &u.gathering
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tryWrite == nil {
		g.tryWrite = func(fd uintptr) bool {
			return !g.out.Write(fd, u.link, g.lose) // the poller waits for room
		}
	}
	n := g.out.Len()
	if err := u.raw.Write(g.tryWrite); err != nil { // the socket is closed
		left := g.out.Len()
		g.out.Clear()
		for _, failed := range g.failed[n-left:] {
			g.lost = append(g.lost, lostDatagram{err: err, failed: failed})
		}
	}
	lost, g.lost = g.lost, nil
	clear(g.failed)
	g.failed = g.failed[:0]
	g.n.Store(0)
	return n - len(lost), lost
}

func (g *gathering) lose(i int, to netip.AddrPort, err syscall.Errno) {
	g.lost = append(g.lost, lostDatagram{to, err, g.failed[i]})
}
