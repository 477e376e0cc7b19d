package transport

import (
	"net/netip"
	"runtime"
	"time"

	"github.com/moonroute/moonroute/core/load"
)

// manyAtOnce is a socket that reads and writes many datagrams with one system call.
type manyAtOnce interface {
	Answers
	readMany() int // how many were there; none also after an error
	datagram(i int) ([]byte, netip.AddrPort)
	writeMany() (sent, lost int) // what was answered since the last time
}

// Answers takes the replies that a Receiver gives at once. They leave together, when all that arrived with them is received.
type Answers interface {
	Answer(data []byte, to netip.AddrPort)
}

// Crowded is a Receiver that can tell whether more arrives than it can take.
type Crowded interface{ Crowded() bool }

// noticed is how long a goroutine is away from its processor if another one had use for it.
const noticed = 50 * time.Microsecond

// crowded tells whether the reader has to be quick: it, or who takes the messages, is behind.
func (r *udpReader) crowded() bool {
	return r.load.Behind() >= load.Start || r.receiver.Crowded()
}

// mayHurry finds out whether the reader can work so at all.
func (r *udpReader) mayHurry() {
	many, can := r.conn.(manyAtOnce)
	receiver, tells := r.endpoint.set.opt.Receiver.(Crowded)
	if can && tells && r.idler != nil && !isGroup(r.endpoint.socket) {
		r.many, r.receiver = many, receiver
	}
}

// receiveMany takes what arrives, many datagrams at a time, while the server is behind. No message is run by this goroutine
// meanwhile, so that it is not relieved either.
func (r *udpReader) receiveMany() {
	if r.many == nil || r.idler.wasIdle() {
		return
	}
	for r.crowded() {
		n := r.many.readMany()
		if n > 0 {
			r.load.Waiting(time.Now())
			r.takeMany(n)
			continue
		}
		r.load.Idle(time.Now)
		if !othersRan() {
			return
		}
	}
}

// othersRan gives the processor to other goroutines, and tells whether one had use for it. Then waiting in the poller of the Go
// runtime would take long: that is asked only when nobody has anything to do.
func othersRan() bool {
	start := time.Now()
	runtime.Gosched()
	return time.Since(start) >= noticed
}

// takeMany hands on what was read, and sends what is answered at once.
func (r *udpReader) takeMany(n int) {
	behind := max(r.load.Behind(), load.Start)
	for i := range n {
		b, from := r.many.datagram(i)
		r.deliver(b, unmap(from), behind, r.many)
	}
	sent, lost := r.many.writeMany()
	stats := &r.endpoint.set.Stats
	stats.UDPSent.Add(uint64(sent))
	stats.UDPSendErrors.Add(uint64(lost))
}
