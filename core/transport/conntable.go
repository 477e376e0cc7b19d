package transport

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/flow"
)

// peer is what a connection can be reused for.
type peer struct {
	proto    flow.Proto
	remote   netip.AddrPort
	identity string // see Security.Identity; empty: any
}

// connTable finds the server's stream connections. Its lock is held for map operations only.
type connTable struct {
	tuning *atomic.Pointer[Tuning]
	stats  *Stats

	mu       sync.RWMutex
	lastID   flow.ConnID // IDs are never used twice
	byID     map[flow.ConnID]*conn
	byPeer   map[peer][]*conn // the newest last
	accepted map[netip.Addr]int
	closed   bool
}

func (t *connTable) init(l *atomic.Pointer[Tuning], s *Stats) {
	t.tuning, t.stats = l, s
	t.byID = map[flow.ConnID]*conn{}
	t.byPeer = map[peer][]*conn{}
	t.accepted = map[netip.Addr]int{}
}

// add enters an accepted connection and gives it its ID.
func (t *connTable) add(c *conn) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.accepted[c.remote.Addr()] >= t.tuning.Load().MaxPerPeer {
		return ErrTooManyConns
	}
	if err := t.insert(c); err != nil {
		return err
	}
	t.accepted[c.remote.Addr()]++
	return nil
}

// addDialed enters a connection that is to be opened, unless somebody was faster: then it gives
// that one, and made is false.
func (t *connTable) addDialed(c *conn, from source) (use *conn, made bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other := t.newest(peer{c.proto, c.remote, c.identity}, from); other != nil {
		return other, false, nil
	}
	if err := t.insert(c); err != nil {
		return nil, false, err
	}
	c.set.running.Add(1) // for the dial; under the lock, so that Close waits for it
	return c, true, nil
}

func (t *connTable) insert(c *conn) error {
	if t.closed {
		return ErrConnClosed
	}
	secure := c.proto.Secure()
	if len(t.byID) >= t.tuning.Load().MaxConns || secure && t.stats.SecureConns.Load() >= int64(t.tuning.Load().MaxSecure) {
		return ErrTooManyConns
	}
	t.lastID++
	c.id = t.lastID
	t.byID[c.id] = c
	t.link(c, peer{proto: c.proto, remote: c.remote})
	if c.identity != "" {
		t.link(c, peer{c.proto, c.remote, c.identity})
	}
	t.stats.Conns.Add(1)
	if secure {
		t.stats.SecureConns.Add(1)
	}
	return nil
}

func (t *connTable) link(c *conn, p peer) {
	c.peers = append(c.peers, p)
	t.byPeer[p] = append(t.byPeer[p], c)
}

// find looks for the flow's own connection, then for any one to the same peer of this identity.
func (t *connTable) find(f flow.Flow, identity string, from source) *conn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if c := t.byID[f.Conn]; c != nil && !c.gone.Load() {
		return c
	}
	return t.newest(peer{f.Proto, f.Remote, identity}, from)
}

func (t *connTable) newest(p peer, from source) *conn {
	for _, c := range slices.Backward(t.byPeer[p]) {
		if from.fits(c) && !c.gone.Load() {
			return c
		}
	}
	return nil
}

func (t *connTable) get(id flow.ConnID) *conn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if c := t.byID[id]; c != nil && !c.gone.Load() {
		return c
	}
	return nil
}

// remove forgets a connection; the second time it does nothing and is false.
func (t *connTable) remove(c *conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[c.id] != c {
		return false
	}
	delete(t.byID, c.id)
	for _, p := range c.peers {
		t.unlink(c, p)
	}
	if c.accepted {
		t.forgetAccepted(c.remote.Addr())
	}
	if w := c.ws.Load(); w != nil && w.Events != nil {
		go w.Events.Closed(c.flow(), w.local.Load())
	}
	t.stats.Conns.Add(-1)
	if c.proto.Secure() {
		t.stats.SecureConns.Add(-1)
	}
	return true
}

// relink puts an upgraded connection under its new protocol, so that no message of the old one finds it.
func (t *connTable) relink(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[c.id] != c {
		return
	}
	for _, p := range c.peers {
		t.unlink(c, p)
	}
	c.peers = nil
	t.link(c, peer{proto: c.flowProto(), remote: c.remote})
}

func (t *connTable) unlink(c *conn, p peer) {
	left := slices.DeleteFunc(t.byPeer[p], func(other *conn) bool { return other == c })
	if len(left) == 0 {
		delete(t.byPeer, p)
		return
	}
	t.byPeer[p] = left
}

func (t *connTable) forgetAccepted(addr netip.Addr) {
	if t.accepted[addr]--; t.accepted[addr] <= 0 {
		delete(t.accepted, addr)
	}
}

// alias lets a connection be found under another port of its peer. A port that
// already leads to another connection is refused, so that no peer takes over another one's traffic.
func (t *connTable) alias(id flow.ConnID, port uint16) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.byID[id]
	if c == nil {
		return ErrConnClosed
	}
	p := peer{proto: c.flowProto(), remote: netip.AddrPortFrom(c.remote.Addr(), port)}
	switch {
	case slices.Contains(c.peers, p):
		return nil
	case len(t.byPeer[p]) > 0:
		return ErrAliasTaken
	case len(c.aliases()) >= t.tuning.Load().MaxAliases:
		return ErrTooManyAliases
	}
	t.link(c, p)
	return nil
}

// all gives the connections in the order of their IDs.
func (t *connTable) all() []*conn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]*conn, 0, len(t.byID))
	for _, c := range t.byID {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *conn) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	return list
}

// shut refuses new connections and gives the present ones.
func (t *connTable) shut() []*conn {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	return t.all()
}
