package msrp

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Bounds of the map: an AUTH past them is refused.
const (
	maxSessions = 1 << 16 // in all
	maxPerConn  = 1024    // of one connection, which may be that of another relay
)

// session is what an AUTH was granted: frames to its id go over the connection that the AUTH came on.
type session struct {
	id      string
	number  uint64
	peer    string // URI of the client
	way     flow.Flow
	expires time.Time
}

// cmap finds the connections of sessions. Any goroutine may use it.
type cmap struct {
	slots int // as the incumbent shows them

	mu     sync.Mutex
	last   uint64
	byID   map[string]*session
	onConn map[flow.ConnID]int
}

func newCmap(size int) *cmap {
	return &cmap{slots: 1 << min(size, 30), byID: map[string]*session{}, onConn: map[flow.ConnID]int{}}
}

// add grants a session; nil if there are too many. Its id cannot be guessed (RFC 4976 6.1): who knows it may send.
func (m *cmap) add(peer string, way flow.Flow, expires, now time.Time) *session {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full(way.Conn) {
		m.clean(now)
		if m.full(way.Conn) {
			return nil
		}
	}
	m.last++
	x := &session{id: "msrp-" + rand.Text(), number: m.last, peer: strings.Clone(peer), way: way, expires: expires}
	m.byID[x.id] = x
	m.onConn[way.Conn]++
	return x
}

func (m *cmap) full(c flow.ConnID) bool {
	return len(m.byID) >= maxSessions || m.onConn[c] >= maxPerConn
}

// find gives a session that has not expired.
func (m *cmap) find(id string, now time.Time) (flow.Flow, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.byID[id]
	if x == nil || now.After(x.expires) {
		return flow.Flow{}, false
	}
	return x.way, true
}

// expire removes the sessions that have expired.
func (m *cmap) expire(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clean(now)
}

func (m *cmap) clean(now time.Time) {
	for id, x := range m.byID {
		if !now.After(x.expires) {
			continue
		}
		delete(m.byID, id)
		if m.onConn[x.way.Conn]--; m.onConn[x.way.Conn] <= 0 {
			delete(m.onConn, x.way.Conn)
		}
	}
}

// all lists the sessions in the order of their making.
func (m *cmap) all() []*session {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]*session, 0, len(m.byID))
	for _, x := range m.byID {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b *session) int { return int(a.number) - int(b.number) })
	return list
}
