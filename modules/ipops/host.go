package ipops

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

// host is the machine's name, as it was when the script first asked.
type host struct{ name, domain, full, ip string }

// hostParts are the letters in $HN(…).
var hostParts = map[string]func(*host) string{
	"n": func(h *host) string { return h.name },
	"f": func(h *host) string { return h.full },
	"d": func(h *host) string { return h.domain },
	"i": func(h *host) string { return h.ip },
}

func parseHost(_ *state, _ *kemi.Registry, inner string) (any, error) {
	part, ok := hostParts[inner]
	if !ok {
		return nil, errors.New("want n, f, d or i")
	}
	return part, nil
}

func getHost(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	h := s.presentHost()
	if h == nil {
		h = s.findHost(c)
	}
	return textOrNull(a.Data.(func(*host) string)(h))
}

func (s *state) presentHost() *host {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host
}

// findHost asks the machine and the DNS. Two shards may do that at the same time; what they find is the same.
func (s *state) findHost(c *kemi.Ctx) *host {
	h := new(host)
	h.full, _ = os.Hostname()
	h.name, h.domain, _ = strings.Cut(h.full, ".")
	wait(c, func(ctx context.Context) {
		if found, _ := s.dns.records(ctx, h.full, resolve.A); len(found) > 0 {
			h.ip = found[0].Addr.String()
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.host = h
	return h
}
