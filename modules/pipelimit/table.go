package pipelimit

import (
	"slices"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/limit"
)

// maxPipes bounds the table, whose names may come from the network. Past half of it, pipes
// that nobody used for an interval make room, whatever clean_unused says.
const maxPipes = 200_000

// pipe is a named stream with its lock.
type pipe struct {
	name   string
	mu     sync.Mutex
	unused int // intervals without a message
	limit.Pipe
}

// table holds the pipes of a server.
type table struct {
	mu    sync.RWMutex
	pipes map[string]*pipe
}

func (t *table) find(name string) *pipe {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.pipes[name]
}

// make finds a pipe or makes it; nil if there are too many. The name is copied, since it
// may be part of a whole message.
func (t *table) make(name string, a limit.Algorithm, bound int) *pipe {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.pipes[name]; p != nil {
		return p
	}
	if len(t.pipes) >= maxPipes {
		return nil
	}
	p := &pipe{name: strings.Clone(name), Pipe: limit.Pipe{Algorithm: a, Limit: bound}}
	t.pipes[p.name] = p
	return p
}

func (t *table) remove(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, there := t.pipes[name]
	delete(t.pipes, name)
	return there
}

// sorted are all pipes by name.
func (t *table) sorted() []*pipe {
	list := t.all()
	slices.SortFunc(list, func(a, b *pipe) int { return strings.Compare(a.name, b.name) })
	return list
}

func (t *table) all() []*pipe {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]*pipe, 0, len(t.pipes))
	for _, p := range t.pipes {
		list = append(list, p)
	}
	return list
}

// clean removes pipes that nobody used for that many intervals; 0: only if there are many.
func (t *table) clean(intervals int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.pipes) > maxPipes/2 {
		intervals = 1
	}
	if intervals <= 0 {
		return
	}
	for name, p := range t.pipes {
		if p.idle() > intervals {
			delete(t.pipes, name)
		}
	}
}

func (p *pipe) idle() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unused
}

// next begins a new interval.
func (p *pipe) next(l limit.Load, c limit.Controller) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unused++
	if p.Counter > 0 {
		p.unused = 0
	}
	p.Next(1, l, c)
}

// push counts a message.
func (p *pipe) push() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Push(1)
}
