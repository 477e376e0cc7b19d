package transport

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/moonroute/moonroute/core/flow"
)

// Set is the transports of one server. Listen on every socket, Start, and Close once.
type Set struct {
	// Stats counts what happens; read it at any time.
	Stats Stats

	opt      Options
	tuning   atomic.Pointer[Tuning] // the part of opt that may change; read it here
	tuners   sync.Mutex             // orders changes of it
	noise    zerolog.Logger         // for what peers can cause; a few lines a second at most
	sockets  []*flow.Socket
	udp      map[*flow.Socket]*udpEndpoint
	tcp      []*tcpListener
	conns    connTable
	crew     atomic.Pointer[crew] // made for the first connection
	crewing  sync.Once
	leaving  leaving
	glances  glances
	arrivals sync.Pool // of the buffers that connections lend to each other, see Framer.Lend
	buffers  sync.Pool // of *[]byte, for messages that are sealed
	frames   sync.Pool // of *[]byte, for messages that become frames of WebSocket

	stopping context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup // readers, accept loops, dials and writers

	handshakes    chan struct{} // one for each TLS handshake that computes
	closedWatcher ClosedWatcher // may be nil
}

// New makes the transports without any socket.
func New(o Options) *Set {
	o.setDefaults()
	roomForFiles(o.Limits.MaxConns) // before any socket is open, since it takes a moment
	s := &Set{
		opt:   o,
		noise: o.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Second}),
		udp:   map[*flow.Socket]*udpEndpoint{},
	}
	s.handshakes = make(chan struct{}, o.Limits.Handshakes)
	s.tuning.Store(&Tuning{Limits: o.Limits, NoConnect: o.NoConnect, NoPong: o.NoPong, AcceptNoCL: o.AcceptNoCL})
	s.conns.init(&s.tuning, &s.Stats)
	s.leaving.set = s
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s
}

// ServeStreams has frames of MSRP taken off connections by x; only before Start.
func (s *Set) ServeStreams(x Streams) { s.opt.Streams = x }

// Listen opens a socket; nothing is read from it before Start. If the socket asks for port 0,
// the port that the system gave is written into it. An error names the socket; it wraps
// syscall.EADDRINUSE if another server has the address.
func (s *Set) Listen(socket *flow.Socket) error {
	switch socket.Proto {
	case flow.UDP:
		e, err := s.listenUDP(socket)
		if err != nil {
			return err
		}
		s.udp[socket] = e
	case flow.TCP, flow.TLS, flow.WS, flow.WSS:
		if socket.Proto.Secure() && s.opt.Security == nil {
			return fmt.Errorf("transport: listen on %s: %w", socket, ErrNoSecurity)
		}
		l, err := s.listenTCP(socket)
		if err != nil {
			return err
		}
		s.tcp = append(s.tcp, l)
	default:
		return fmt.Errorf("transport: listen on %s: %w", socket, ErrUnknownProto)
	}
	s.sockets = append(s.sockets, socket)
	return nil
}

// Start begins to read and to accept on all sockets.
func (s *Set) Start() {
	for _, socket := range s.sockets {
		if e := s.udp[socket]; e != nil {
			e.start()
		}
	}
	for _, l := range s.tcp {
		l.start()
	}
}

// Close closes all sockets and connections and waits until every reader has come back from its
// Receive, or for ctx. What is queued is not sent any more; its Failed callbacks may still run
// for a moment after.
func (s *Set) Close(ctx context.Context) error {
	s.stop()
	for _, e := range s.udp {
		e.close()
	}
	for _, l := range s.tcp {
		l.listener.Close()
	}
	for _, c := range s.conns.shut() {
		c.goAway()
		c.close(errShutdown)
	}
	s.crewing.Do(func() {}) // none begins from now on
	s.crew.Load().stop()
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("transport: close: %w", ctx.Err())
	}
}

// Send implements Sender.
func (s *Set) Send(f flow.Flow, data []byte) error { return s.SendWith(f, data, SendOptions{}) }

// SendWith implements Sender. It may be called from any goroutine.
func (s *Set) SendWith(f flow.Flow, data []byte, o SendOptions) error {
	switch f.Proto {
	case flow.UDP:
		return s.sendUDP(f, data, o)
	case flow.TCP, flow.TLS, flow.WS, flow.WSS:
		return s.sendStream(f, data, o)
	}
	return fmt.Errorf("%w: %s", ErrUnknownProto, f.Proto)
}

func (s *Set) sendUDP(f flow.Flow, data []byte, o SendOptions) error {
	e := s.udp[f.Local]
	if e == nil || isGroup(e.socket) {
		if other := s.udp[s.LocalSocket(flow.UDP, f.Local, f.Remote)]; other != nil {
			e = other
		}
	}
	if e == nil {
		return ErrNoSocket
	}
	return e.send(f.Remote, data, o)
}

// LocalSocket implements Sender.
func (s *Set) LocalSocket(p flow.Proto, preferred *flow.Socket, remote netip.AddrPort) *flow.Socket {
	return ChooseSocket(s.sockets, p, preferred, remote)
}

// sleep waits for d or until Close is called.
func (s *Set) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.stopping.Done():
	}
}
