package corex

import (
	"bufio"
	"fmt"
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
	kind, name string
	addr       netip.Addr
	keep       time.Duration // 0: for ever
	none       bool          // the name has no address
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

func parseName(text string) (n pinnedName, err error) {
	flags, ttl := 0, 0
	for part := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(key) {
		case "type":
			n.kind = strings.ToUpper(value)
		case "name":
			n.name = strings.ToLower(value)
		case "addr":
			if n.addr, err = netip.ParseAddr(strings.Trim(value, "[]")); err != nil && n.kind != "SRV" {
				return n, fmt.Errorf("addr: %w", err)
			}
		case "ttl":
			if ttl, err = strconv.Atoi(value); err != nil || ttl < 0 {
				return n, fmt.Errorf("ttl=%s: want seconds", value)
			}
		case "flags":
			if flags, err = strconv.Atoi(value); err != nil {
				return n, fmt.Errorf("flags=%s: want a number", value)
			}
		}
	}
	n.none = flags&flagUnresolvable != 0
	if n.name == "" || n.kind != "SRV" && !n.none && !n.addr.IsValid() {
		return n, fmt.Errorf("want type=A;name=NAME;addr=ADDRESS")
	}
	if flags&flagPermanent == 0 {
		n.keep = time.Duration(max(ttl, 1)) * time.Second
	}
	return n, nil
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

// pinNames gives the addresses of each name to the resolver.
func (s *state) pinNames() error {
	if len(s.names) == 0 {
		return nil
	}
	pinner, ok := s.srv.Core.Resolver().(resolve.Pinner)
	if !ok {
		return fmt.Errorf("corex: dns_cache: this server's resolver takes no addresses")
	}
	done := map[string]bool{}
	for _, n := range s.names {
		if n.kind == "SRV" || done[n.name] {
			continue
		}
		done[n.name] = true
		pinner.Pin(n.name, s.addresses(n.name), n.keep)
	}
	return nil
}

// addresses are all addresses that were given for a name.
func (s *state) addresses(name string) (list []netip.Addr) {
	for _, n := range s.names {
		if n.name == name && !n.none && n.kind != "SRV" {
			list = append(list, n.addr)
		}
	}
	return list
}
