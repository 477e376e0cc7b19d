package ipops

import (
	"context"
	"net"
	"net/netip"

	"github.com/moonroute/moonroute/core/resolve"
)

// lookups are the questions that the module asks. They may block until the context ends.
type lookups interface {
	// addresses asks as the machine is set up to: its own tables, then the DNS.
	addresses(ctx context.Context, name string) ([]netip.Addr, error)
	// names gives the names of an address.
	names(ctx context.Context, addr netip.Addr) ([]string, error)
	// records asks the DNS alone.
	records(ctx context.Context, name string, want resolve.Type) ([]resolve.Record, error)
}

// network asks the machine's resolver and the servers of its configuration.
type network struct{}

func (network) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

func (network) names(ctx context.Context, addr netip.Addr) ([]string, error) {
	return net.DefaultResolver.LookupAddr(ctx, addr.String())
}

func (network) records(ctx context.Context, name string, want resolve.Type) ([]resolve.Record, error) {
	return resolve.Query(ctx, name, want)
}

// source asks what stands in for the network in a simulation. It knows no names of addresses.
type source struct{ resolve.Source }

func (s source) addresses(ctx context.Context, name string) (addrs []netip.Addr, err error) {
	for _, want := range [...]resolve.Type{resolve.A, resolve.AAAA} {
		found, failed := s.Ask(ctx, name, want)
		if failed != nil {
			return nil, failed
		}
		for i := range found {
			addrs = append(addrs, found[i].Addr)
		}
	}
	return addrs, nil
}

func (source) names(context.Context, netip.Addr) ([]string, error) { return nil, resolve.ErrNotFound }

func (s source) records(ctx context.Context, name string, want resolve.Type) ([]resolve.Record, error) {
	return s.Ask(ctx, name, want)
}
