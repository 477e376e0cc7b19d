package stat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Registry holds the statistics of one server. Its methods may be called at any time from
// any goroutine; none is meant for the path of a message.
type Registry struct {
	mu      sync.RWMutex
	entries []Entry // sorted by group, then by name
}

// Entry is one registered statistic.
type Entry struct {
	Group, Name string
	Stat
}

// String is "group:name".
func (e Entry) String() string { return e.Group + ":" + e.Name }

// NewRegistry makes an empty registry.
func NewRegistry() *Registry { return &Registry{} }

// Add registers a statistic. It is an error to use a name twice in one group, or a name
// that could not be asked for.
func (r *Registry) Add(group, name string, s Stat) error {
	if group == "" || name == "" || strings.ContainsAny(group+name, ": \t") {
		return fmt.Errorf("stat: %q:%q is no group and name", group, name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at, taken := r.find(group, name)
	if taken {
		return fmt.Errorf("stat: %s:%s is registered twice", group, name)
	}
	r.entries = slices.Insert(r.entries, at, Entry{group, name, s})
	return nil
}

// Counter registers a new counter and returns it; see Add.
func (r *Registry) Counter(group, name string) (*Counter, error) {
	c := &Counter{}
	return c, r.Add(group, name, c)
}

// find gives the place of an entry, or where it would be. The caller holds the lock.
func (r *Registry) find(group, name string) (int, bool) {
	return slices.BinarySearchFunc(r.entries, [2]string{group, name}, func(e Entry, want [2]string) int {
		return cmp.Or(cmp.Compare(e.Group, want[0]), cmp.Compare(e.Name, want[1]))
	})
}

// Groups lists the groups in alphabetical order.
func (r *Registry) Groups() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var groups []string
	for _, e := range r.entries {
		if len(groups) == 0 || groups[len(groups)-1] != e.Group {
			groups = append(groups, e.Group)
		}
	}
	return groups
}

// Group lists the statistics of one group by name. An unknown group has none.
func (r *Registry) Group(group string) []Entry {
	return r.filter(func(e Entry) bool { return e.Group == group })
}

// All lists everything, by group and name.
func (r *Registry) All() []Entry { return r.filter(func(Entry) bool { return true }) }

// Get finds one statistic by its group and name.
func (r *Registry) Get(group, name string) (Entry, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	at, ok := r.find(group, name)
	if !ok {
		return Entry{}, false
	}
	return r.entries[at], true
}

// ByName finds a statistic by its name alone, in the first group that has it. Kamailio's
// $stat(name) asks so.
func (r *Registry) ByName(name string) (Entry, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	at := slices.IndexFunc(r.entries, func(e Entry) bool { return e.Name == name })
	if at < 0 {
		return Entry{}, false
	}
	return r.entries[at], true
}

// Select lists what a parameter of stats.fetch asks for: "all", a group as "core:", one
// statistic as "core:rcv_requests" or "rcv_requests". What does not exist is left out.
func (r *Registry) Select(what string) []Entry {
	if what == "all" {
		return r.All()
	}
	group, name, colon := strings.Cut(what, ":")
	if colon && name == "" {
		return r.Group(group)
	}
	e, ok := r.ByName(what)
	if colon {
		e, ok = r.Get(group, name)
	}
	if !ok {
		return nil
	}
	return []Entry{e}
}

func (r *Registry) filter(keep func(Entry) bool) []Entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out []Entry
	for _, e := range r.entries {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}
