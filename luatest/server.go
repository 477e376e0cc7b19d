package luatest

import (
	"cmp"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
)

// host is what the worlds of one run have in common.
type host struct {
	modules  []kemi.Module
	always   []string
	stock    string // configuration for a script alone
	version  string
	coverage *lua.Coverage
	dir      string // for temporary files
	model    *model
	worlds   int
}

// world makes a server as the settings say, starts it and puts it on its network.
func (h *host) world(s *settings, until time.Time) (*world, error) {
	cfg, err := s.load(h.stock)
	if err != nil {
		return nil, err
	}
	h.worlds++
	w := newWorld(s.seed, s.start, until)
	w.opened = databases{model: h.model, dir: filepath.Join(h.dir, "world"+strconv.Itoa(h.worlds)), setup: s.sql}
	level := log.Level(cfg.Int("debug", int64(log.Warn)))
	if s.loud {
		level = log.Level(s.debug)
	}
	w.server, err = kemi.New(kemi.Options{
		Config: cfg, Modules: h.modules, Always: h.always, Engine: lua.New(lua.Options{Coverage: h.coverage}),
		Log: log.New(w.logs, max(level, log.Warn), false), Clock: pacer{w.clock, w}, Sender: exit{w: w}, DNS: w.names,
		Script: patient(), Shards: 1, Version: h.version, Seed: cmp.Or(s.seed, 1), Offline: true, HTTP: w.web, Database: w.opened.instead,
		OnShard: func(sh *shard.Shard) { sh.Later = w.inbox.put }, OnRoute: w.ran,
	})
	if err != nil {
		return nil, err
	}
	return w, w.begin()
}

// patient are limits for scripts on a machine that is busy with other tests.
func patient() kemi.ScriptLimits {
	limits := kemi.DefaultScriptLimits()
	limits.Time = time.Second
	return limits
}

// begin puts the server on the network and starts it.
func (w *world) begin() (err error) {
	if w.node, err = w.net.Attach(border{w}, w.server.Core.Sockets()...); err != nil {
		return err
	}
	w.tasks.run(func() { err = w.server.Start() })
	if err != nil {
		return err
	}
	return w.settle()
}

// address is where peers send to by a protocol: the first socket of it, of the same family.
func (w *world) address(p flow.Proto, like netip.Addr) (netip.AddrPort, bool) {
	sockets := w.server.Core.Sockets()
	i := slices.IndexFunc(sockets, func(s *flow.Socket) bool { return s.Proto == p && s.Addr.Addr().Is4() == like.Is4() })
	if i < 0 {
		return netip.AddrPort{}, false
	}
	return sockets[i].Addr, true
}
