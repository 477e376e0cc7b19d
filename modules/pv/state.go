package pv

import (
	"errors"
	"sync"

	"github.com/moonroute/moonroute/kemi"
)

// maxNames bounds the names of $var and $shv that scripts may make up.
const maxNames = 1 << 16

var errTooMany = errors.New("too many different names")

// state is the module in one server.
type state struct {
	srv     *kemi.Server
	aliases map[string]avpName
	shared  sharedVars
	names   nameTable
	presets []preset
	workers []*workers // by shard
}

func newState() *state {
	return &state{aliases: map[string]avpName{}, shared: sharedVars{vars: map[string]*sharedVar{}}, names: nameTable{index: map[string]int{}}}
}

// Start implements the module's life.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	for _, sh := range srv.Shards() {
		w := &workers{names: &s.names, presets: s.presets}
		w.present = w.fresh()
		s.workers = append(s.workers, w)
		sh.Park = w.park
	}
	return nil
}

// nameTable numbers the names of script variables, so that reading one costs an index.
type nameTable struct {
	mu    sync.Mutex
	index map[string]int
}

func (t *nameTable) number(name string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.index[name]; ok {
		return n, nil
	}
	n := len(t.index)
	if n >= maxNames {
		return 0, errTooMany
	}
	t.index[name] = n
	return n, nil
}
