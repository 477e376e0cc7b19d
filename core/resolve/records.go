package resolve

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// Type is a type of DNS records.
type Type uint16

// The types that Query knows.
const (
	A     Type = Type(dns.TypeA)     // RFC 1035
	AAAA  Type = Type(dns.TypeAAAA)  // RFC 3596
	SRV   Type = Type(dns.TypeSRV)   // RFC 2782
	NAPTR Type = Type(dns.TypeNAPTR) // RFC 3403
)

// String is the type's name: "A", "SRV".
func (t Type) String() string { return dns.Type(t).String() }

// Record is one answer. Which fields count depends on the type. Names are in lower case, without the final dot.
type Record struct {
	TTL  uint32     // seconds for which it may be remembered
	Addr netip.Addr // A, AAAA

	Priority, Weight, Port uint16 // SRV
	Target                 string // SRV

	Order, Preference       uint16 // NAPTR
	Flags, Services, Regexp string // NAPTR, as on the wire
	Replacement             string // NAPTR
}

// Errors of a question, wrapped with the name that was asked for.
var (
	ErrSilent   = errors.New("no DNS server answers")
	ErrDown     = errors.New("the DNS servers are said to be away")
	ErrName     = errors.New("not a name for the DNS")
	ErrNotFound = errors.New("no such name")
	ErrAnswer   = errors.New("bad answer")
)

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
	r.TTL = rr.Header().Ttl
	switch x := rr.(type) {
	case *dns.A:
		r.Addr, _ = netip.AddrFromSlice(x.A.To4())
	case *dns.AAAA:
		r.Addr, _ = netip.AddrFromSlice(x.AAAA.To16())
	case *dns.SRV:
		r.Priority, r.Weight, r.Port = x.Priority, x.Weight, x.Port
		r.Target = normal(x.Target)
	case *dns.NAPTR:
		r.Order, r.Preference = x.Order, x.Preference
		r.Flags, r.Services, r.Regexp = unescape(x.Flags), unescape(x.Service), unescape(x.Regexp)
		r.Replacement = normal(x.Replacement)
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
