package resolve

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/moonroute/moonroute/core/flow"
)

// walk is one way through the records of a hop. It is the same whether the cache answers or the DNS.
type walk struct {
	d    *DNS
	v    *Values
	get  func(key) ([]Record, error)
	warm func([]key) // asks for several records at once; nil: the cache answers
}

// maxTargets bounds the list for one hop, whatever a zone holds.
const maxTargets = 32

// service is one way to reach a domain: a transport and the name of its SRV records.
type service struct {
	proto flow.Proto
	name  string
}

// targets follows RFC 3263 section 4: a port given means addresses, else the transport's SRV
// records come first; without a transport NAPTR records tell it, or the SRV records that there are.
func (w *walk) targets(h Hop) ([]Target, error) {
	h.Host = normal(h.Host)
	var list []Target
	var err error
	switch {
	case h.PortGiven || !hasSRV(h.Proto) || w.d.hosts.local(h.Host):
	case h.ProtoGiven || !w.v.NAPTR:
		list, err = w.srv(service{h.Proto, srvName(h.Proto, h.Host)})
	default:
		list, err = w.anyTransport(h.Host)
	}
	if len(list) == 0 && !errors.Is(err, errUnknown) {
		list, err = w.lastResort(h, err)
	}
	if err == nil && len(list) == 0 {
		err = ErrNoAddress
	}
	if err == nil || errors.Is(err, errUnknown) {
		return list, err
	}
	return nil, fmt.Errorf("resolve %s: %w", h.Host, err)
}

// lastResort are the addresses of the host itself. Where no server has answered so far, only what is known counts.
func (w *walk) lastResort(h Hop, before error) ([]Target, error) {
	silent := final(before)
	if silent {
		w.get = w.d.known
	}
	list, err := w.addresses(h.Host, h.Port, h.Proto)
	if len(list) > 0 {
		return list, nil
	}
	if silent {
		return nil, before
	}
	return nil, err
}

// final tells that further questions are useless: the cache does not know, or no server answers.
func final(err error) bool {
	return errors.Is(err, errUnknown) || errors.Is(err, ErrDown) || errors.Is(err, ErrSilent)
}

// anyTransport is RFC 3263 4.1: by NAPTR records, else by the SRV records of each transport in
// the order of preference.
func (w *walk) anyTransport(host string) ([]Target, error) {
	records, err := w.get(key{host, NAPTR})
	if final(err) {
		return nil, err
	}
	var all []Target
	for _, s := range w.services(records) {
		list, err := w.srv(s)
		if final(err) && len(all) == 0 {
			return nil, err
		}
		if all = append(all, list...); len(all) > 0 && !w.v.failsOver() || len(all) >= maxTargets {
			return bounded(all), nil
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	for _, p := range w.preferred() {
		list, err := w.srv(service{p, srvName(p, host)})
		if len(list) > 0 || final(err) {
			return list, err
		}
	}
	return nil, nil
}

// srv are the addresses behind the SRV records of a service, in their order.
func (w *walk) srv(s service) ([]Target, error) {
	records, err := w.get(key{s.name, SRV})
	if err != nil {
		return nil, err
	}
	records = w.ordered(records)
	if w.warm != nil && w.v.failsOver() {
		w.warm(w.questions(records))
	}
	var all []Target
	for i := range records {
		r := &records[i]
		if r.Target == "" {
			continue // the service is decidedly not there
		}
		list, err := w.addresses(r.Target, r.Port, s.proto)
		if errors.Is(err, errUnknown) {
			return nil, err
		}
		if all = append(all, list...); len(all) > 0 && !w.v.failsOver() || len(all) >= maxTargets {
			break
		}
	}
	return bounded(all), nil
}

// bounded is a list without what goes beyond maxTargets.
func bounded(list []Target) []Target { return list[:min(len(list), maxTargets)] }

// questions are those for the addresses of SRV records.
func (w *walk) questions(records []Record) (keys []key) {
	for i := range records {
		for _, t := range w.families() {
			if k := (key{records[i].Target, t}); k.name != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// addresses are the addresses of a name, with all their families if there is failover.
func (w *walk) addresses(host string, port uint16, p flow.Proto) (list []Target, err error) {
	if found := w.d.hosts.first(host); len(found) > 0 {
		return w.limited(found, port, p), nil
	}
	for _, t := range w.families() {
		records, e := w.get(key{host, t})
		if errors.Is(e, errUnknown) {
			return nil, e
		}
		if err == nil {
			err = e
		}
		for i := range records[:min(len(records), maxTargets)] {
			if a := records[i].Addr; a.IsValid() {
				list = append(list, Target{Proto: p, Addr: netip.AddrPortFrom(a, port)})
			}
		}
		if len(list) > 0 && !w.v.failsOver() {
			return list[:1], nil
		}
		if final(e) {
			break
		}
	}
	if len(list) > 0 {
		return bounded(list), nil
	}
	if found := w.d.hosts.of(host); len(found) > 0 {
		return w.limited(found, port, p), nil
	}
	return nil, err
}

// limited makes targets of addresses that are known without the DNS.
func (w *walk) limited(addrs []netip.Addr, port uint16, p flow.Proto) (list []Target) {
	for _, t := range w.families() {
		for _, a := range addrs {
			if a.Is4() == (t == A) {
				list = append(list, Target{Proto: p, Addr: netip.AddrPortFrom(a, port)})
			}
		}
	}
	if len(list) > 1 && !w.v.failsOver() {
		list = list[:1]
	}
	return bounded(list)
}

var (
	both4 = []Type{A, AAAA}
	both6 = []Type{AAAA, A}
)

// families are the kinds of addresses in the order in which they are wanted.
func (w *walk) families() []Type {
	switch v := w.v; {
	case v.Only4, !v.IPv6:
		return both4[:1]
	case v.Only6:
		return both6[:1]
	case v.First6:
		return both6
	}
	return both4
}
