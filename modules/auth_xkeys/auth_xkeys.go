// Package auth_xkeys authenticates messages between trusted servers: a header carries a hash of a shared key and of parts
// of the message.
package auth_xkeys

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the auth_xkeys module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "auth_xkeys",
	Doc:  "Authentication of messages between trusted servers by a header with a hash of a shared key and of parts of the message.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.FuncParam("xkey", kemi.KindStr, "", (*state).define, "a key: id=GROUP;name=KEY;value=SECRET;expires=SECONDS; may be given several times"),
		kemi.FuncParam("hmac_engine", kemi.KindStr, `""`, (*state).setEngine, `"crypto" or "gcrypt"; accepted, no effect: the algorithms are built in`),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "auth_xkeys_add", Args: "header str, id str, algorithm str, data str", Returns: kemi.Code, Call: (*state).add, Doc: "adds a header with the hash of the newest key of a group and the data: 1 or -1; the algorithm is sha256, sha384, sha512 or hmac-sha256"},
		{Name: "auth_xkeys_check", Args: "header str, id str, algorithm str, data str", Returns: kemi.Code, Call: (*state).check, Doc: "the header has the hash of one of the keys of a group and the data: 1 or -1"},
	},
	RPC: kemi.Commands[state]{
		{Name: "auth_xkeys_.list", Run: (*state).list, Doc: "List the groups and their keys, without the secrets."},
		{Name: "auth_xkeys_.set", Run: (*state).set, Doc: "Set the expiry of a group's newest key, or make a group with its first key: ID NAME VALUE SECONDS."},
	},
})

// state is the module in one server.
type state struct {
	changes sync.Mutex               // of those who change the keys
	groups  atomic.Pointer[[]*group] // the newest first; never changed, always replaced
	server  *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error { s.server = server; return nil }

// unixNow is the time for the expiry of keys; parameters are read before there is a server.
func (s *state) unixNow() int64 {
	if s.server == nil {
		return time.Now().Unix()
	}
	return s.server.Clock.Now().Unix()
}
