package digest

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// offer is what a server asks for: the preferred algorithm first (RFC 8760 2.3).
type offer struct {
	list  []Algorithm
	named bool // challenges name the algorithm
}

func readOffer(names string) (*offer, error) {
	if names == "" {
		return &offer{list: []Algorithm{MD5}}, nil
	}
	o := &offer{named: true}
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		x, ok := FindAlgorithm(name)
		if !ok {
			return nil, fmt.Errorf("digest: there is no algorithm %q: there are %s", name, AlgorithmNames())
		}
		o.list = append(o.list, x)
	}
	return o, nil
}

// offerKey finds a message's own offer.
type offerKey struct{}

// SetAlgorithms has the challenges and checks of one message use other algorithms, or those of all messages if there is
// none in hand.
func (a *Authenticator) SetAlgorithms(m *route.Message, names string) error {
	o, err := readOffer(names)
	switch {
	case err != nil:
		return err
	case m == nil:
		a.offer.Store(o)
		return nil
	case m.Extra == nil:
		m.Extra = map[any]any{}
	}
	m.Extra[offerKey{}] = o
	return nil
}

// offered is what is asked of a message's sender.
func (a *Authenticator) offered(m *route.Message) *offer {
	if m != nil && m.Extra != nil {
		if o, ok := m.Extra[offerKey{}].(*offer); ok {
			return o
		}
	}
	return a.offer.Load()
}

// algorithm is the one that credentials are checked with: never one that was not offered, lest an attacker choose a
// weaker one. Credentials without a known name are taken by the length of their response.
func (o *offer) algorithm(d *sip.Digest) Algorithm {
	named, ok := FindAlgorithm(d.Algorithm)
	for _, x := range o.list {
		if ok && x.hash == named.hash && (x.session == named.session || !x.session) {
			return named
		}
	}
	for _, x := range o.list {
		if x.HexLen() == len(d.Response) {
			return x
		}
	}
	return o.list[0]
}

// CheckAlgorithms tells what is wrong with the names of algorithms, as Options has them.
func CheckAlgorithms(names string) error {
	_, err := readOffer(names)
	return err
}
