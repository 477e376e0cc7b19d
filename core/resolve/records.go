package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Type is a type of DNS records.
type Type uint16

// The types that Query knows.
const (
	A     Type = Type(dns.TypeA)     // RFC 1035
	SRV   Type = Type(dns.TypeSRV)   // RFC 2782
	NAPTR Type = Type(dns.TypeNAPTR) // RFC 3403
)

// Record is one answer. Which fields count depends on the type.
type Record struct {
	Addr netip.Addr // A

	Priority, Weight, Port uint16 // SRV
	Target                 string // SRV, without the final dot

	Order, Preference       uint16 // NAPTR
	Flags, Services, Regexp string // NAPTR, as on the wire
	Replacement             string // NAPTR, without the final dot
}

// Errors of Query, wrapped with the name that was asked for.
var (
	ErrName     = errors.New("not a name for the DNS")
	ErrNotFound = errors.New("no such name")
	ErrAnswer   = errors.New("bad answer")
)

const (
	resolverFile = "/etc/resolv.conf"
	tryTime      = 2 * time.Second // to connect, and again to answer
	rounds       = 2
	maxPacket    = 4096 // longest UDP answer that is read, in bytes
)

// Query asks the DNS servers of the machine's configuration, one after the other, and neither the machine's own
// tables nor a cache. A name without records of the type gives none and no error. It may block until ctx ends, and
// for one try longer if ctx is cancelled.
func Query(ctx context.Context, name string, want Type) ([]Record, error) {
	return query(ctx, servers(resolverFile), name, want)
}

// servers reads the addresses of the name servers; without any it is this machine, as resolv.conf(5) says.
func servers(file string) (list []string) {
	config, err := dns.ClientConfigFromFile(file)
	if err != nil || len(config.Servers) == 0 {
		return []string{"127.0.0.1:53"}
	}
	for _, server := range config.Servers {
		list = append(list, net.JoinHostPort(server, config.Port))
	}
	return list
}

func query(ctx context.Context, servers []string, name string, want Type) ([]Record, error) {
	full, err := canonical(name)
	if err != nil {
		return nil, fmt.Errorf("resolve %q: %w", name, err)
	}
	for range rounds {
		for _, server := range servers {
			var list []Record
			if list, err = ask(ctx, server, full, want); err == nil {
				return list, nil
			}
			if stop := ctx.Err(); stop != nil || errors.Is(err, ErrNotFound) {
				return nil, fmt.Errorf("resolve %s: %w", name, cmp.Or(stop, err))
			}
		}
	}
	return nil, fmt.Errorf("resolve %s: %w", name, err)
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

// ask asks one server, again over TCP if the answer is cut short.
func ask(ctx context.Context, server, name string, want Type) ([]Record, error) {
	question := new(dns.Msg).SetQuestion(name, uint16(want))
	client := dns.Client{Timeout: tryTime, UDPSize: maxPacket}
	answer, _, err := client.ExchangeContext(ctx, question, server)
	if answer != nil && answer.Truncated {
		client.Net = "tcp"
		answer, _, err = client.ExchangeContext(ctx, question, server)
	}
	if err != nil {
		return nil, err
	}
	return records(question, answer)
}

// records takes the answers to a question. A message that does not repeat the question answers another one.
func records(question, answer *dns.Msg) (list []Record, err error) {
	if !answer.Response || len(answer.Question) != 1 || !same(answer.Question[0], question.Question[0]) {
		return nil, ErrAnswer
	}
	switch answer.Rcode {
	case dns.RcodeSuccess:
	case dns.RcodeNameError:
		return nil, ErrNotFound
	default:
		return nil, fmt.Errorf("%w: %s", ErrAnswer, dns.RcodeToString[answer.Rcode])
	}
	for _, rr := range answer.Answer {
		h, q := rr.Header(), question.Question[0]
		if h.Rrtype != q.Qtype || h.Class != q.Qclass || h.Rdlength == 0 {
			continue
		}
		list = append(list, record(rr))
	}
	return list, nil
}

func same(a, b dns.Question) bool {
	return strings.EqualFold(a.Name, b.Name) && a.Qtype == b.Qtype && a.Qclass == b.Qclass
}

func record(rr dns.RR) (r Record) {
	switch x := rr.(type) {
	case *dns.A:
		r.Addr, _ = netip.AddrFromSlice(x.A.To4())
	case *dns.SRV:
		r.Priority, r.Weight, r.Port = x.Priority, x.Weight, x.Port
		r.Target = strings.TrimSuffix(x.Target, ".")
	case *dns.NAPTR:
		r.Order, r.Preference = x.Order, x.Preference
		r.Flags, r.Services, r.Regexp = unescape(x.Flags), unescape(x.Service), unescape(x.Regexp)
		r.Replacement = strings.TrimSuffix(x.Replacement, ".")
	}
	return r
}

// unescape gives a character string as on the wire: the library has it as zone files do (RFC 1035 5.1), where
// a backslash, of which regular expressions are full, is two.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\' || i+1 == len(text):
			b = append(b, text[i])
		case i+3 < len(text) && digit(text[i+1]) && digit(text[i+2]) && digit(text[i+3]):
			b = append(b, (text[i+1]-'0')*100+(text[i+2]-'0')*10+text[i+3]-'0')
			i += 3
		default:
			i++
			b = append(b, text[i])
		}
	}
	return string(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
