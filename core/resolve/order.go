package resolve

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
)

// hasSRV tells whether RFC 3263 knows SRV records of a transport.
func hasSRV(p flow.Proto) bool { return p > flow.None && p <= flow.SCTP }

var srvPrefix = [...]string{flow.UDP: "_sip._udp.", flow.TCP: "_sip._tcp.", flow.TLS: "_sips._tcp.", flow.SCTP: "_sip._sctp."}

func srvName(p flow.Proto, host string) string { return srvPrefix[p] + host }

// preferred are the transports of the server that may be used, the best first.
func (w *walk) preferred() []flow.Proto {
	var list []flow.Proto
	for _, p := range w.d.opt.Protos {
		if hasSRV(p) && w.v.Prefer[p] >= 0 {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b flow.Proto) int { return w.v.Prefer[b] - w.v.Prefer[a] })
	return list
}

// naptrServices are the services of RFC 3263 4.1.
var naptrServices = map[string]flow.Proto{
	"SIP+D2U": flow.UDP, "SIP+D2T": flow.TCP, "SIPS+D2T": flow.TLS, "SIP+D2S": flow.SCTP,
}

// services are what NAPTR records offer and the server has, the best first: by the preference of
// transports, or by order and preference of the records if these count.
func (w *walk) services(records []Record) (list []service) {
	usable := w.preferred()
	var offers []Record
	for _, r := range records {
		p := naptrServices[strings.ToUpper(r.Services)]
		if strings.EqualFold(r.Flags, "s") && r.Replacement != "" && slices.Contains(usable, p) {
			offers = append(offers, r)
		}
	}
	slices.SortStableFunc(offers, func(a, b Record) int {
		byTransport := w.preference(b) - w.preference(a)
		byRecord := cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
		if w.v.NAPTROrder {
			return cmp.Or(byRecord, byTransport)
		}
		return cmp.Or(byTransport, byRecord)
	})
	for _, r := range offers {
		list = append(list, service{naptrServices[strings.ToUpper(r.Services)], r.Replacement})
	}
	return list
}

func (w *walk) preference(r Record) int {
	return w.v.Prefer[naptrServices[strings.ToUpper(r.Services)]]
}

// ordered is SRV records in the order in which they are tried (RFC 2782): by priority, and among equals
// the heaviest first, or with dns_srv_lb at random by weight.
func (w *walk) ordered(records []Record) []Record {
	list := slices.Clone(records)
	slices.SortStableFunc(list, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(b.Weight, a.Weight))
	})
	if !w.v.Balance || !w.v.failsOver() {
		return list
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].Priority == list[from].Priority {
			to++
		}
		w.shuffle(list[from:to])
		from = to
	}
	return list
}

// shuffle draws one record after the other. Those without weight stand first, so that they have a
// very small chance (RFC 2782). Where there are none the number drawn is not 0: the lightest would gain by it.
func (w *walk) shuffle(list []Record) {
	slices.Reverse(list)
	for ; len(list) > 1; list = list[1:] {
		sum, zero := 0, 0
		if list[0].Weight == 0 {
			zero = 1
		}
		for i := range list {
			sum += int(list[i].Weight)
		}
		n := int(w.d.random()%uint32(sum+zero)) + 1 - zero
		i := 0
		for n -= int(list[0].Weight); n > 0; n -= int(list[i].Weight) {
			i++
		}
		drawn := list[i]
		copy(list[1:i+1], list[:i])
		list[0] = drawn
	}
}

func (d *DNS) random() uint32 {
	if d.opt.Random != nil {
		return d.opt.Random()
	}
	return rand.Uint32()
}
