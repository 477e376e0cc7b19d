package resolve

import (
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// hosts is the machine's own table of names (hosts(5)). The incumbent asks only the DNS; here the
// table tells of names without a dot (localhost, a neighbour container), and of those that the DNS does not know.
type hosts struct {
	file  string
	names atomic.Pointer[map[string][]netip.Addr]

	mu      sync.Mutex // guards what follows
	changed time.Time  // of the file, when it was read
}

// refresh reads the file again if it has changed.
func (h *hosts) refresh() {
	if h.file == "" {
		return
	}
	info, err := os.Stat(h.file)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || info.ModTime().Equal(h.changed) {
		return
	}
	text, err := os.ReadFile(h.file)
	if err != nil {
		return
	}
	names := parseHosts(string(text))
	h.names.Store(&names)
	h.changed = info.ModTime()
}

func parseHosts(text string) map[string][]netip.Addr {
	names := map[string][]netip.Addr{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		if err != nil {
			continue
		}
		for _, name := range fields[1:] {
			name = normal(name)
			names[name] = append(names[name], addr.Unmap())
		}
	}
	return names
}

// of are the addresses of a name in the table.
func (h *hosts) of(name string) []netip.Addr {
	if names := h.names.Load(); names != nil {
		return (*names)[name]
	}
	return nil
}

// first are those of a name that the table knows better than the DNS: one without a dot.
func (h *hosts) first(name string) []netip.Addr {
	if strings.IndexByte(name, '.') >= 0 {
		return nil
	}
	return h.of(name)
}

func (h *hosts) local(name string) bool { return len(h.first(name)) > 0 }
