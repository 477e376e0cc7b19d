package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	resolverFile = "/etc/resolv.conf"
	maxPacket    = 4096 // longest UDP answer that is read, in bytes
	maxAliases   = 8    // CNAME records that are followed from answer to answer
	stopTries    = 5    // most tries for each server, whatever a file says
)

// client asks the servers of a resolver configuration (resolv.conf(5)).
type client struct {
	file   string
	values func() *Values

	mu      sync.Mutex // guards what follows
	config  *dns.ClientConfig
	changed time.Time // of the file, when it was read
}

func newClient(file string, values func() *Values) *client {
	return &client{file: file, values: values}
}

// plan is what one question is asked by.
type plan struct {
	servers []string
	search  []string // endings that a short name is tried with
	dots    int      // a name with fewer is tried with the endings first
	tries   int
	timeout time.Duration
}

// plan reads the file again if it has changed; without any server it is this machine, as resolv.conf(5) says.
func (c *client) plan() plan {
	v := c.values()
	f := c.current()
	p := plan{dots: f.Ndots, tries: f.Attempts, timeout: time.Duration(f.Timeout) * time.Second}
	for _, server := range f.Servers {
		p.servers = append(p.servers, net.JoinHostPort(server, f.Port))
	}
	if len(v.Servers) > 0 {
		p.servers = v.Servers
	}
	if v.ServersNo > 0 && v.ServersNo < len(p.servers) {
		p.servers = p.servers[:v.ServersNo]
	}
	if v.Search {
		p.search = f.Search
	}
	if v.Tries > 0 {
		p.tries = v.Tries
	}
	if v.TryTime > 0 {
		p.timeout = v.TryTime
	}
	p.tries = max(1, min(p.tries, stopTries))
	return p
}

func (c *client) current() *dns.ClientConfig {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.file)
	if err == nil && c.config != nil && info.ModTime().Equal(c.changed) {
		return c.config
	}
	config, readErr := dns.ClientConfigFromFile(c.file)
	if readErr != nil || len(config.Servers) == 0 {
		config = &dns.ClientConfig{Servers: []string{"127.0.0.1"}, Port: "53", Ndots: 1, Timeout: 5, Attempts: 2}
	}
	c.config = config
	if err == nil {
		c.changed = info.ModTime()
	}
	return config
}

// Ask implements Source.
func (c *client) Ask(ctx context.Context, name string, want Type) ([]Record, error) {
	if reserved(name) {
		return nil, fmt.Errorf("resolve %s: %w", name, ErrNotFound)
	}
	p := c.plan()
	var list []Record
	var err error
	for _, full := range p.names(name) {
		list, err = p.ask(ctx, full, want)
		if len(list) > 0 || err != nil && !errors.Is(err, ErrNotFound) {
			return list, err
		}
	}
	return list, err
}

// reserved tells of names that no server has to be asked for (RFC 6761 6.4).
func reserved(name string) bool { return name == "invalid" || strings.HasSuffix(name, ".invalid") }

// names are what a name may stand for, in the order of resolv.conf(5): a name with enough dots for itself first.
func (p *plan) names(name string) []string {
	var list []string
	for _, end := range p.search {
		list = append(list, name+"."+strings.TrimSuffix(end, "."))
	}
	if strings.Count(name, ".") >= p.dots {
		return append([]string{name}, list...)
	}
	return append(list, name)
}

// ask asks the servers in turn until one answers, and follows an alias that comes without its records.
func (p *plan) ask(ctx context.Context, name string, want Type) ([]Record, error) {
	full, err := canonical(name)
	if err != nil {
		return nil, fmt.Errorf("resolve %q: %w", name, err)
	}
	for range maxAliases {
		list, alias, err := p.question(ctx, full, want)
		if err != nil {
			return nil, fmt.Errorf("resolve %s: %w", name, err)
		}
		if len(list) > 0 || alias == "" {
			return list, nil
		}
		full = alias
	}
	return nil, fmt.Errorf("resolve %s: %w: too many aliases", name, ErrAnswer)
}

// question asks one server after the other.
func (p *plan) question(ctx context.Context, full string, want Type) (list []Record, alias string, err error) {
	for range p.tries {
		for _, server := range p.servers {
			list, alias, err = p.exchange(ctx, server, full, want)
			if err == nil || errors.Is(err, ErrNotFound) {
				return list, alias, err
			}
			if stop := ctx.Err(); stop != nil {
				return nil, "", fmt.Errorf("%w: %w", ErrSilent, stop)
			}
		}
	}
	if errors.Is(err, ErrAnswer) {
		return nil, "", err
	}
	return nil, "", fmt.Errorf("%w: %w", ErrSilent, err)
}

// canonical writes a name as it is read from answers, which have to repeat it.
func canonical(name string) (string, error) {
	var buf [256]byte
	n, err := dns.PackDomainName(dns.Fqdn(name), buf[:], 0, nil, false)
	if err != nil || n <= 1 {
		return "", ErrName
	}
	full, _, err := dns.UnpackDomainName(buf[:n], 0)
	return full, err
}

// exchange asks one server, again over TCP if the answer is cut short.
func (p *plan) exchange(ctx context.Context, server, name string, want Type) ([]Record, string, error) {
	question := new(dns.Msg).SetQuestion(name, uint16(want))
	c := dns.Client{Timeout: p.timeout, UDPSize: maxPacket}
	answer, _, err := c.ExchangeContext(ctx, question, server)
	if answer != nil && answer.Truncated {
		c.Net = "tcp"
		answer, _, err = c.ExchangeContext(ctx, question, server)
	}
	if err != nil {
		return nil, "", err
	}
	list, err := records(question, answer)
	if err != nil || len(list) > 0 {
		return list, "", err
	}
	return nil, aliasIn(answer, name), nil
}

// aliasIn is where the CNAME records of an answer lead from a name; empty: nowhere.
func aliasIn(answer *dns.Msg, name string) string {
	at := name
	for _, rr := range answer.Answer {
		if c, ok := rr.(*dns.CNAME); ok && strings.EqualFold(c.Hdr.Name, at) {
			at = c.Target
		}
	}
	if at == name {
		return ""
	}
	return at
}

// silent is the error of a question that took too long.
func silent(k key, why error) error { return fmt.Errorf("resolve %s: %w: %w", k.name, ErrSilent, why) }

// queryTime bounds each try of Query.
const queryTime = 2 * time.Second

// Query asks the DNS servers of the machine's configuration, one after the other, and neither the machine's own
// tables nor a cache. A name without records of the type gives none and no error. It may block until ctx ends, and
// for one try longer if ctx is cancelled.
func Query(ctx context.Context, name string, want Type) ([]Record, error) {
	v := DefaultValues()
	v.Search, v.TryTime = false, queryTime
	return newClient(resolverFile, func() *Values { return &v }).Ask(ctx, name, want)
}

// ParseServer reads the address of a DNS server; the port is 53 if it has none.
func ParseServer(text string) (string, error) {
	text = strings.TrimSpace(text)
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return netip.AddrPortFrom(a, 53).String(), nil
	}
	ap, err := netip.ParseAddrPort(text)
	if err != nil || ap.Port() == 0 {
		return "", fmt.Errorf("DNS server %q: %w", text, cmp.Or(err, errors.New("port 0")))
	}
	return ap.String(), nil
}
