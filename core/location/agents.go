package location

import (
	"strings"
	"sync"
)

// maxAgents bounds the table of shared texts; past it the table starts anew.
const maxAgents = 4096

// agents shares the texts of User-Agent headers: a million phones have a few hundred of them.
type agents struct {
	mu   sync.RWMutex
	seen map[string]string
}

func (a *agents) share(text string) string {
	if text == "" {
		return ""
	}
	a.mu.RLock()
	shared, ok := a.seen[text]
	a.mu.RUnlock()
	if ok {
		return shared
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil || len(a.seen) >= maxAgents {
		a.seen = map[string]string{}
	}
	shared = strings.Clone(text)
	a.seen[shared] = shared
	return shared
}
