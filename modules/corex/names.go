package corex

import (
	"bufio"
	"fmt"
	"math"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/kemi"
)

// pinnedName is a value of dns_cache.
type pinnedName struct {
	kind   resolve.Type
	name   string
	record resolve.Record
	keep   time.Duration // 0: for ever
	none   bool          // there is no such record
}

// The flags of dns_cache.
const (
	flagUnresolvable = 1
	flagPermanent    = 2
)

func (s *state) addName(v kemi.ParamValue) error {
	n, err := parseName(v.Str)
	if err != nil {
		return fmt.Errorf("dns_cache %q: %w", v.Str, err)
	}
	s.names = append(s.names, n)
	return nil
}

var pinnedTypes = map[string]resolve.Type{"": resolve.A, "A": resolve.A, "AAAA": resolve.AAAA, "SRV": resolve.SRV}

func parseName(text string) (n pinnedName, err error) {
	attrs := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		attrs[strings.ToLower(key)] = strings.TrimSpace(value)
	}
	numbers := map[string]int{"ttl": 0, "flags": 0, "priority": 0, "weight": 0, "port": 0}
	for key := range numbers {
		if value, ok := attrs[key]; ok {
			if numbers[key], err = strconv.Atoi(value); err != nil || numbers[key] < 0 || key != "ttl" && numbers[key] > math.MaxUint16 {
				return n, fmt.Errorf("%s=%s: want a number up to %d", key, value, math.MaxUint16)
			}
		}
	}
	kind, ok := pinnedTypes[strings.ToUpper(attrs["type"])]
	n.kind, n.name, n.none = kind, strings.ToLower(attrs["name"]), numbers["flags"]&flagUnresolvable != 0
	if !ok || n.name == "" {
		return n, fmt.Errorf("want type=A;name=NAME;addr=ADDRESS")
	}
	if numbers["flags"]&flagPermanent == 0 {
		n.keep = time.Duration(max(numbers["ttl"], 1)) * time.Second
	}
	if n.none {
		return n, nil
	}
	return n, n.read(attrs["addr"], numbers)
}

// read takes the record: an address, or the host and port of a service.
func (n *pinnedName) read(addr string, numbers map[string]int) (err error) {
	if n.kind == resolve.SRV {
		n.record.Priority, n.record.Weight, n.record.Port = uint16(numbers["priority"]), uint16(numbers["weight"]), uint16(numbers["port"])
		if n.record.Target = strings.ToLower(addr); addr == "" {
			return fmt.Errorf("want type=SRV;name=NAME;addr=HOST;port=PORT;priority=1;weight=1")
		}
		return nil
	}
	if n.record.Addr, err = netip.ParseAddr(strings.Trim(addr, "[]")); err != nil {
		return fmt.Errorf("addr: %w", err)
	}
	return nil
}

// addNameFile reads a value of dns_cache from each line of a file.
func (s *state) addNameFile(v kemi.ParamValue) error {
	f, err := os.Open(v.Str)
	if err != nil {
		return fmt.Errorf("dns_file: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for at := 1; lines.Scan(); at++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.addName(kemi.ParamValue{IsStr: true, Str: line}); err != nil {
			return fmt.Errorf("%s:%d: %w", v.Str, at, err)
		}
	}
	return lines.Err()
}

// pinNames gives the records of each name to the resolver.
func (s *state) pinNames() error {
	if len(s.names) == 0 {
		return nil
	}
	cache, ok := s.srv.Core.Resolver().(resolve.Cache)
	if !ok {
		return fmt.Errorf("corex: dns_cache: this server's resolver takes no addresses")
	}
	type question struct {
		name string
		kind resolve.Type
	}
	done := map[question]bool{}
	for _, n := range s.names {
		q := question{n.name, n.kind}
		if done[q] {
			continue
		}
		done[q] = true
		if !cache.Put(n.name, n.kind, s.records(n.name, n.kind), n.keep) {
			return fmt.Errorf("corex: dns_cache: %s does not fit into dns_cache_mem", n.name)
		}
	}
	return nil
}

// records are all records that were given for a name.
func (s *state) records(name string, kind resolve.Type) (list []resolve.Record) {
	for _, n := range s.names {
		if n.name == name && n.kind == kind && !n.none {
			list = append(list, n.record)
		}
	}
	return list
}
