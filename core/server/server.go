// Package server is the life of a message: from a transport to its shard, through the
// script, and on by transaction or without.
//
// It joins the rooms of core and knows neither a scripting language nor a module.
package server

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport"
)

// Options is what a server is made of. Script, Log and at least one socket are required.
type Options struct {
	Script    route.Script
	Log       *log.Logger
	Clock     clock.Clock       // nil: the machine's
	Sockets   []*flow.Socket    // in the order of the configuration
	Aliases   []Alias           // further names that are this server
	Transport transport.Options // Receiver and Log are filled in
	Sender    transport.Sender  // instead of real transports: a fake network in tests
	Resolver  resolve.Resolver  // nil: the machine's
	Shards    int               // 0: one per core
	Limits    shard.Limits
	Blocklist blocklist.Options // Clock is filled in
	// AdvertiseHost and AdvertisePort are what the Vias of relayed requests name instead of the socket; empty: nothing
	// but what the socket itself advertises.
	AdvertiseHost, AdvertisePort string
	// UDPLimit is the size above which a relayed request goes over LongProto instead of UDP, if a socket of that is
	// there (udp_mtu, udp_mtu_try_proto); 0: none.
	UDPLimit  int
	LongProto flow.Proto
	// Multihomed has the system's routes choose the local address that a request leaves from (mhomed).
	Multihomed bool
	// AcceptAliases has connections serve the further port that a peer's Via asks for (tcp_accept_aliases).
	AcceptAliases bool
	// ConnectWait is how long a request waits for a connection that has to be opened for it; 0: a moment.
	ConnectWait time.Duration
	TM          *tm.Params
	Hooks       *tm.Hooks
	// ServerHeader is the Server header of replies made here, without CRLF; empty: none.
	ServerHeader string
	// UserAgentHeader is the User-Agent header of requests made here, likewise.
	UserAgentHeader string
	// Seed makes all that is random here follow from it, so that a simulation can be repeated;
	// 0: it cannot be foreseen. It is for tests only.
	Seed uint64
}

// Server owns the transports, the shards and their transactions.
type Server struct {
	Stats Stats

	opt       Options
	clock     clock.Clock
	log       *log.Logger
	script    route.Script
	set       *transport.Set // nil with a fake network
	sender    transport.Sender
	resolver  resolve.Resolver
	shards    []*shard.Shard
	tables    []*tm.Table
	tmStats   tm.Stats
	self      selfTable
	secret    secret
	blocklist *blocklist.List
	nextID    atomic.Uint64
	slots     sync.Pool  // of *slot
	parsed    sync.Pool  // of *sip.Message: those that slots have given away
	routes    homeRoutes // local addresses by peer, if the server is multihomed

	onFilteredACK func(*route.Message)                   // may be nil
	onReply       func(shard int, m *route.Message) bool // may be nil
	http          transport.Receiver                     // may be nil
	handshakes    transport.Receiver                     // on sockets of WebSocket's own; may be nil
	onSecureHop   SecureHop                              // may be nil
	finishing     atomic.Bool                            // no new work is taken
	listening     bool
	stop          chan struct{}
	ticker        ticker
	taps          taps
}

// New makes a server; no socket is open before Start.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Resolver == nil {
		o.Resolver = resolve.New(resolve.Options{Values: resolve.DefaultValues(), Clock: o.Clock})
	}
	if o.Shards == 0 {
		o.Shards = runtime.GOMAXPROCS(0)
	}
	s := &Server{
		opt: o, clock: o.Clock, log: o.Log, script: o.Script, resolver: o.Resolver,
		secret: newSecret(o.Seed), stop: make(chan struct{}), sender: o.Sender, ticker: newTicker(o.Clock),
	}
	s.opt.Blocklist.Clock = o.Clock
	s.blocklist = blocklist.New(s.opt.Blocklist)
	if s.opt.ConnectWait <= 0 {
		s.opt.ConnectWait = refusalTime
	}
	s.slots.New = func() any { return newSlot(s) }
	s.parsed.New = func() any { return new(sip.Message) }
	s.self.init(o.Sockets, o.Aliases)
	if s.sender == nil {
		s.makeTransports()
	}
	for i := range o.Shards {
		s.addShard(i)
	}
	return s
}

func (s *Server) makeTransports() {
	t := s.opt.Transport
	t.Receiver = s
	t.Log = s.log.Zerolog()
	s.set = transport.New(t)
	s.sender = s.set
}

func (s *Server) addShard(i int) {
	sh := shard.New(i, s.clock, s.opt.Limits)
	sh.OnPanic = s.internalError
	sh.OnDue = s.ticker.armed
	if f, ok := s.sender.(transport.Flusher); ok {
		sh.Flush = f.Flush
	}
	s.shards = append(s.shards, sh)
	s.tables = append(s.tables, tm.NewTable(tm.Env{
		Shard: i, Clock: s.clock, Timers: timers{sh}, Sender: senderOf{s, sh}, Targets: targetsOf{s, sh, new([1]flow.Flow)},
		Post:   func(key uint64, f func()) { sh.Post(key, shard.Func(f)) },
		Script: s.script, Params: s.opt.TM, Stats: &s.tmStats, Hooks: s.opt.Hooks, Log: s.log,
		ServerHeader: s.opt.ServerHeader, UserAgentHeader: s.opt.UserAgentHeader, Widener: s.widener(),
		AdvertiseHost: s.opt.AdvertiseHost, AdvertisePort: s.opt.AdvertisePort,
		CallHash: s.callHash, Random: s.secret.random(i), Blocklist: s.blocklist,
		Forward: func(m *route.Message, nextHop string) error { return s.Forward(sh, m, nextHop) },
	}))
}

// timers gives a shard's wheel to its transactions.
type timers struct{ *shard.Shard }

func (t timers) Stop(x *clock.Timer) { t.Wheel.Stop(x) }

func (t timers) InCall(key uint64, j tm.Job) { t.Shard.InCall(key, j) }

// Listen opens the sockets, and nothing is read from them yet: a program that may open ports below 1024 can give that up
// before it serves. After an error nothing is left open.
func (s *Server) Listen() error {
	if s.set == nil || s.listening {
		return nil
	}
	for _, socket := range s.opt.Sockets {
		if err := s.set.Listen(socket); err != nil {
			s.closeTransports(time.Second)
			return fmt.Errorf("server: %w", err)
		}
	}
	s.listening = true
	return nil
}

// Start opens the sockets, unless Listen has, and begins to serve. After an error nothing is left open.
func (s *Server) Start() error {
	if err := s.Listen(); err != nil {
		return err
	}
	if s.set != nil {
		s.set.Start()
		s.ticker.start(s)
	}
	return nil
}

// Stop closes the sockets and ends the timers. It returns when no message is in hand any
// more, or after the given time.
func (s *Server) Stop(wait time.Duration) {
	close(s.stop)
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	s.closeTransports(wait)
	s.ticker.ended(ctx)
}

func (s *Server) closeTransports(wait time.Duration) {
	if s.set == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	if err := s.set.Close(ctx); err != nil {
		s.log.Warning("<core>", err.Error())
	}
}

// Shards are the server's shards.
func (s *Server) Shards() []*shard.Shard { return s.shards }

// Table is the transaction table of a shard; use it only inside that shard.
func (s *Server) Table(shard int) *tm.Table { return s.tables[shard] }

// TMStats are the counters of all transactions.
func (s *Server) TMStats() *tm.Stats { return &s.tmStats }

// Sockets are the sockets that the server listens on.
func (s *Server) Sockets() []*flow.Socket { return s.opt.Sockets }

// Resolver finds the addresses of names for this server.
func (s *Server) Resolver() resolve.Resolver { return s.resolver }

// Transports are the real transports, or nil with a fake network.
func (s *Server) Transports() *transport.Set { return s.set }

// KernelDrops is how many datagrams the system dropped because a receive buffer was full; 0 with a fake network.
func (s *Server) KernelDrops() uint64 {
	if s.set == nil {
		return 0
	}
	return s.set.KernelDrops()
}
