// Package ipops looks at IP addresses in texts and asks the DNS.
package ipops

import (
	"context"
	"sync"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the ipops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "ipops",
	Doc: "Addresses: what kind they are, whether two are the same or one lies in a subnet. " +
		"Names: lookups in the DNS, whose answers the script reads as $dns(id=>…), $srvquery(id=>…), $naptrquery(id=>…) and $ptrquery(id=>…) of the same message.",
	New:   func() *state { return &state{dns: network{}, named: map[containerName]bool{}} },
	Funcs: join(addressFuncs, kindFuncs, dnsFuncs, recordFuncs),
	Vars:  vars,
})

// state is the module in one server; its address is the key of what the module keeps with a message.
type state struct {
	dns lookups

	mu    sync.Mutex // of the fields below, which all shards share
	named map[containerName]bool
	host  *host
}

// Start takes the source of names that the server was given, if any.
func (s *state) Start(server *kemi.Server) error {
	if server.DNS != nil {
		s.dns = source{server.DNS}
	}
	return nil
}

// lookupTime is how long the script waits for an answer.
const lookupTime = 8 * time.Second

// wait runs a lookup outside of the shard.
func wait(c *kemi.Ctx, f func(context.Context)) {
	c.Wait(func() {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTime)
		defer cancel()
		f(ctx)
	})
}

type funcs = kemi.Funcs[state]

func join(lists ...funcs) (all funcs) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// The codes that functions give.
var (
	yes         = kemi.Int(1)
	no          = kemi.Int(-1)
	badName     = kemi.Int(-2)
	badAddress  = kemi.Int(-3)
	noContainer = kemi.Int(-3)
	unresolved  = kemi.Int(-4)
)

func verdict(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}
