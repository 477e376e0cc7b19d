package kemi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/trace"
)

// Server is a whole server: core, the loaded modules and the script. Nothing of it is
// global, so a process may run several.
type Server struct {
	Config   *config.Config
	Log      *log.Logger
	Clock    clock.Clock
	Registry *Registry
	Engine   Engine
	Core     *server.Server
	Location *location.Store
	RPC      *rpc.Registry
	Stats    *stat.Registry
	Runtime  *Runtime
	TM       *tm.Params
	Hooks    *tm.Hooks
	Settings Settings
	Trace    *trace.Hub
	Latency  Latency // of routes and functions, where a module asked for it
	Version  string
	Args     []string
	Started  time.Time
	HTTP     http.RoundTripper // of HTTP clients; nil: the network's
	DNS      resolve.Source    // of the names that modules look up; nil: the machine's resolver
	Offline  bool              // modules open no control sockets and FIFOs of their own
	Seed     uint64            // of what is random, in a simulation; 0: it cannot be foreseen

	shards     []*Shard
	offered    []Module // of this build, loaded or not
	callbacks  callbacks
	onRoute    func(c *Ctx, cb route.Callback, outcome route.Outcome) // may be nil
	databases  databases
	background sync.WaitGroup
	working    atomic.Int32
	ctx        context.Context
	cancel     context.CancelFunc
	started    []*Instance // those whose Start has run, to be closed in reverse
	ready      []func()    // to be called once all modules have started
	stopOnce   sync.Once
}

// starter and closer are the optional steps of a module's life.
type starter interface{ Start(*Server) error }
type closer interface{ Close() }

// New makes a server from its configuration: modules opened, parameters set and checked,
// nothing started. The error is a config.Errors where it is about the configuration.
func New(o Options) (*Server, error) {
	s := &Server{
		Config: o.Config, Log: o.Log, Clock: o.Clock, Engine: o.Engine, Version: o.Version, Args: o.Args,
		HTTP: o.HTTP, DNS: o.DNS, Offline: o.Offline, Seed: o.Seed,
		RPC: rpc.NewRegistry(), Stats: stat.NewRegistry(), TM: tm.NewParams(tm.DefaultValues()), Hooks: new(tm.Hooks),
	}
	if s.Log == nil {
		s.Log = log.Discard()
	}
	if s.Clock == nil {
		s.Clock = clock.System{}
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.Settings = readSettings(o.Config, o.Version)
	s.Location = location.New(s.Clock, instanceID(o.Seed))
	if err := s.openModules(&o); err != nil {
		return nil, err
	}
	if err := checkNetwork(o.Config); err != nil {
		return nil, err
	}
	sockets, err := s.sockets()
	if err != nil {
		return nil, err
	}
	if err := s.makeResolver(&o, sockets); err != nil {
		return nil, err
	}
	s.Core = server.New(s.coreOptions(&o, sockets))
	s.databases.instead, s.onRoute = o.Database, o.OnRoute
	s.callbacks.read(o.Config)
	s.makeShards(&o)
	s.makeTrace()
	s.makeRuntime()
	return s, s.offer(&o)
}

// offer puts RPC commands and statistics of all modules into their registries and opens the engine.
func (s *Server) offer(o *Options) error {
	for _, in := range s.Registry.Modules() {
		for _, c := range in.rpc {
			if err := s.RPC.Add(c); err != nil {
				return fmt.Errorf("module %s: %w", in.Info.Name, err)
			}
		}
		for _, v := range in.stats {
			if err := s.Stats.Add(v.Group, v.Name, v.stat); err != nil {
				return fmt.Errorf("module %s: %w", in.Info.Name, err)
			}
		}
	}
	s.measure()
	return s.Engine.Open(EngineHost{Server: s, Registry: s.Registry, Shards: len(s.shards), Limits: s.scriptLimits(o)})
}

// scriptLimits are the embedding program's, or the defaults, with what the configuration changes.
func (s *Server) scriptLimits(o *Options) ScriptLimits {
	limits := o.Script
	if limits == (ScriptLimits{}) {
		limits = DefaultScriptLimits()
	}
	for _, in := range s.Registry.Modules() {
		if l, ok := in.State.(ScriptLimiter); ok {
			l.LimitScript(&limits)
		}
	}
	return limits
}

// instanceID tells this run of the server from others in generated names.
func instanceID(seed uint64) string {
	if seed != 0 {
		return strconv.FormatUint(seed, 16)
	}
	return strconv.FormatInt(time.Now().Unix(), 16) + strconv.FormatInt(int64(os.Getpid()), 16)
}

func (s *Server) makeShards(o *Options) {
	for i, sh := range s.Core.Shards() {
		if o.OnShard != nil {
			o.OnShard(sh)
		}
		s.shards = append(s.shards, &Shard{Shard: sh, TM: s.Core.Table(i), Local: map[any]any{}, badURIs: &s.Core.Stats.BadURIs})
	}
}

// Shards are the host's view of core's shards, by number.
func (s *Server) Shards() []*Shard { return s.shards }

// OnShard runs f inside a shard and returns when it has run. From inside a shard call it
// within Ctx.Wait.
func (s *Server) OnShard(i int, f func(*Shard)) { s.shards[i].Do(func() { f(s.shards[i]) }) }

// Start starts the modules in their order (which loads the script), then opens the
// sockets. After an error everything is closed again.
func (s *Server) Start() error {
	s.Started = s.Clock.Now()
	if err := s.startModules(); err != nil {
		s.Stop()
		return err
	}
	for _, f := range s.ready {
		f()
	}
	if err := s.Core.Start(); err != nil {
		s.Stop()
		return err
	}
	s.announce()
	return nil
}

// announce tells the operator that the server is up, and where.
func (s *Server) announce() {
	var at []string
	for _, sock := range s.Core.Sockets() {
		at = append(at, sock.String())
	}
	s.Log.Notice("<core>", fmt.Sprintf("moonroute %s listens on %s and runs %s", s.Version, strings.Join(at, ", "), strings.Join(s.Engine.Files(), ", ")))
}

func (s *Server) startModules() error {
	for _, in := range s.Registry.Modules() {
		s.started = append(s.started, in)
		m, ok := in.State.(starter)
		if !ok {
			continue
		}
		if err := m.Start(s); err != nil {
			return fmt.Errorf("module %s: %w", in.Info.Name, err)
		}
	}
	return nil
}

// stopTime is how long messages in hand may take when the server stops.
const stopTime = 3 * time.Second

// Stop ends the server: sockets first, then the modules in reverse order. It may be called again.
func (s *Server) Stop() { s.stopOnce.Do(s.stop) }

func (s *Server) stop() {
	s.cancel()
	s.Core.Stop(stopTime)
	for i := len(s.started) - 1; i >= 0; i-- {
		if m, ok := s.started[i].State.(closer); ok {
			m.Close()
		}
	}
	s.started = nil
	s.background.Wait()
	s.closeDatabases()
	s.Engine.Close()
}

// Run starts the server and serves until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Start(); err != nil {
		return err
	}
	<-ctx.Done()
	s.Stop()
	return nil
}

// OnReady has f called once all modules have started, the script is loaded and no message has
// come in yet. It is for a module's Start.
func (s *Server) OnReady(f func()) { s.ready = append(s.ready, f) }

// Go runs a module's background work; its context ends when the server stops, which waits for it.
func (s *Server) Go(f func(ctx context.Context)) {
	s.working.Add(1)
	s.background.Go(func() {
		defer s.working.Add(-1)
		f(s.ctx)
	})
}

// Working is how many functions that Go was given have not ended.
func (s *Server) Working() int { return int(s.working.Load()) }

// OnStop has f called when the server begins to stop.
func (s *Server) OnStop(f func()) { context.AfterFunc(s.ctx, f) }

// ErrNoMessage says that a function needs a message and the event has none.
var ErrNoMessage = errors.New("kemi: no message in hand")

// Raise calls a script function for an event, with the message that it is about (or nil)
// and the event's name as the argument. It must be called inside the shard. An empty function name does nothing.
func (s *Server) Raise(sh *Shard, function, event string, m *route.Message) route.Outcome {
	if function == "" {
		return route.Absent
	}
	return s.run(sh, &route.Call{Kind: route.EventRoute, Callback: route.Callback{Name: function}, Message: m, Branch: -1, Event: event})
}
