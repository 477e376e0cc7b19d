package transport

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/load"
)

// datagramBuffer holds the largest datagram there is.
const datagramBuffer = 64 << 10

// udpEndpoint is one UDP address of the server. Several sockets share it, one for each reader;
// the system keeps each peer on the same one, so that its packets stay in order.
type udpEndpoint struct {
	set     *Set
	socket  *flow.Socket
	conns   []PacketConn
	readers []*udpReader
	gathers []gatherer // of each of conns; nil: it cannot
}

// listenUDP opens the sockets of one address.
func (s *Set) listenUDP(socket *flow.Socket) (*udpEndpoint, error) {
	e := &udpEndpoint{set: s, socket: socket}
	readers := s.opt.UDPReaders
	if !canShare || isGroup(socket) { // each socket of a group would get every datagram
		readers = 1
	}
	if readers > 1 {
		if err := s.probeUDP(socket); err != nil {
			return nil, err
		}
	}
	for range readers {
		pc, err := s.opt.Net.ListenUDP(socket.Addr, readers > 1)
		if err != nil {
			e.close()
			return nil, fmt.Errorf("transport: listen on %s: %w", socket, err)
		}
		setPort(socket, pc.LocalAddr())
		s.setReadBuffer(pc)
		e.add(rawDatagrams(pc))
	}
	return e, nil
}

// add takes in a socket, with its reader.
func (e *udpEndpoint) add(pc PacketConn) {
	r := &udpReader{endpoint: e, conn: pc, buf: make([]byte, datagramBuffer), next: make(chan struct{}), spare: make(chan struct{}, spareReaders)}
	r.idler, _ = pc.(idler)
	r.mayHurry()
	g, _ := pc.(gatherer)
	e.conns, e.readers, e.gathers = append(e.conns, pc), append(e.readers, r), append(e.gathers, g)
}

// probeUDP takes the address alone for a moment. Shared sockets would join those of another
// server that already listens there, and each would get a part of the traffic.
func (s *Set) probeUDP(socket *flow.Socket) error {
	pc, err := s.opt.Net.ListenUDP(socket.Addr, false)
	if err != nil {
		return fmt.Errorf("transport: listen on %s: %w", socket, err)
	}
	setPort(socket, pc.LocalAddr())
	return pc.Close()
}

// setReadBuffer asks for less when the system refuses.
func (s *Set) setReadBuffer(pc PacketConn) {
	for size := s.opt.UDPBuffer; size >= datagramBuffer; size /= 2 {
		if pc.SetReadBuffer(size) == nil {
			return
		}
	}
}

func (e *udpEndpoint) start() {
	for _, r := range e.readers {
		r.Relieve()
	}
}

func (e *udpEndpoint) close() {
	for _, pc := range e.conns {
		pc.Close()
	}
}

// send writes one datagram. Peers are spread over the sockets so that senders seldom meet at one.
func (e *udpEndpoint) send(to netip.AddrPort, data []byte, o SendOptions) error {
	i := int(to.Port()) % len(e.conns)
	if g := e.gathers[i]; g != nil && (o.More || g.gathered() > 0) {
		e.gather(g, to, data, o)
		return nil
	}
	_, err := e.conns[i].WriteToUDPAddrPort(data, unmap(to))
	if err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
		e.set.Stats.UDPSendErrors.Add(1)
		return fmt.Errorf("transport: send udp to %s: %w", to, err)
	}
	e.set.Stats.UDPSent.Add(1)
	return nil
}

// udpReader is the duty to read one socket. One goroutine at a time has it, with the buffer.
type udpReader struct {
	endpoint *udpEndpoint
	conn     PacketConn
	buf      []byte
	next     chan struct{} // given to a spare goroutine that is to read
	spare    chan struct{} // holds one token for each of these
	idler    idler         // nil: the reader cannot tell how busy it is
	many     manyAtOnce    // nil: datagrams are always read one by one
	receiver Crowded       // the one of the set, if there is many
	load     load.Gauge
}

// idler is a socket that tells whether its last read had to wait for a packet.
type idler interface{ wasIdle() bool }

// spareReaders is how many goroutines that were relieved stay for the next time. Their stacks have grown to what a
// script needs, which a new one would have to do again, by copying.
const spareReaders = 8

// Relieve implements Carrier: the next goroutine takes over the socket and the buffer.
func (r *udpReader) Relieve() {
	select {
	case r.next <- struct{}{}:
	default:
		r.endpoint.set.running.Add(1)
		go r.run()
	}
}

// stay waits to be needed again; it tells whether that is so.
func (r *udpReader) stay() bool {
	select {
	case r.spare <- struct{}{}:
		defer func() { <-r.spare }()
	default:
		return false
	}
	select {
	case <-r.next:
		return true
	case <-r.endpoint.set.stopping.Done():
		return false
	}
}

// run reads until the socket is closed or another goroutine has taken over.
func (r *udpReader) run() {
	defer r.endpoint.set.running.Done()
	var pause time.Duration
	for {
		n, from, err := r.conn.ReadFromUDPAddrPort(r.buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			pause = r.failed(err, pause)
			continue
		}
		pause = 0
		r.note()
		if r.deliver(r.buf[:n], unmap(from), r.load.Behind(), nil) && !r.stay() {
			return
		}
		r.receiveMany()
	}
}

// note tells the gauge whether the packet just read had to wait for the reader. That costs nothing while it did not.
func (r *udpReader) note() {
	if r.idler == nil {
		return
	}
	if r.idler.wasIdle() {
		r.load.Idle(time.Now)
		return
	}
	r.load.Waiting(time.Now())
}

// failed counts a read error and waits if there was one just before, so that an error that
// stays does not take a core.
func (r *udpReader) failed(err error, pause time.Duration) time.Duration {
	set := r.endpoint.set
	set.Stats.UDPReadErrors.Add(1)
	set.noise.Warn().Err(err).Stringer("socket", r.endpoint.socket).Msg("transport: UDP read failed")
	set.sleep(pause)
	return min(2*pause+time.Millisecond, set.tuning.Load().AcceptErrors)
}

// deliver hands a datagram on; it tells whether this goroutine has been relieved.
func (r *udpReader) deliver(b []byte, from netip.AddrPort, behind time.Duration, answers Answers) bool {
	stats := &r.endpoint.set.Stats
	switch sift(b) {
	case keepAlive:
		stats.KeepAlives.Add(1)
		return false
	case stunLike:
		stats.STUN.Add(1)
		return false
	}
	stats.UDPReceived.Add(1)
	p := Packet{Data: string(b), Flow: flow.Flow{Proto: flow.UDP, Local: r.endpoint.socket, Remote: from}, Behind: behind, Answers: answers}
	return r.endpoint.set.opt.Receiver.Receive(p, r)
}

// setPort writes the port that the system chose into a socket that asked for port 0.
func setPort(socket *flow.Socket, bound net.Addr) {
	if socket.Addr.Port() != 0 {
		return
	}
	port := addrPort(bound).Port()
	filled := flow.NewSocket(socket.Proto, netip.AddrPortFrom(socket.Addr.Addr(), port), socket.Index())
	socket.Addr, socket.PortText = filled.Addr, filled.PortText
}
