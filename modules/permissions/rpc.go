package permissions

import (
	"context"
	"sync"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "permissions.addressReload", Run: (*state).rpcAddressReload, Doc: "Reads the address table or file anew."},
	{Name: "permissions.addressDump", Array: true, Run: (*state).rpcAddressDump, Doc: "Shows the addresses."},
	{Name: "permissions.subnetDump", Array: true, Run: (*state).rpcSubnetDump, Doc: "Shows the networks."},
	{Name: "permissions.domainDump", Run: (*state).rpcDomainDump, Doc: "Shows the names."},
	{Name: "permissions.trustedReload", Run: (*state).rpcTrustedReload, Doc: "Reads the trusted table anew."},
	{Name: "permissions.trustedDump", Run: (*state).rpcTrustedDump, Doc: "Shows the trusted peers."},
	{Name: "permissions.testUri", Run: (*state).rpcTestURI, Doc: "Tells what the files of BASENAME say of URI and CONTACT: Allowed or Denied."},
	{Name: "permissions.allowUri", Run: (*state).rpcTestURI, Doc: "The same as permissions.testUri."},
}

// limiter keeps reloads apart.
type limiter struct {
	mu   sync.Mutex
	last time.Time
}

// admit tells whether another reload may begin now, and notes that it does.
func (l *limiter) admit(now time.Time, delta time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.last.IsZero() && now.Sub(l.last) < delta {
		return false
	}
	l.last = now
	return true
}

func (s *state) rpcAddressReload(c *rpc.Call) error { return s.rpcReload(c, s.reloadAddresses) }
func (s *state) rpcTrustedReload(c *rpc.Call) error { return s.rpcReload(c, s.reloadTrusted) }

// rpcReload answers in the incumbent's words; the log has the reason of a failure.
func (s *state) rpcReload(c *rpc.Call, reload func(context.Context) error) error {
	if !s.reload.admit(s.server.Clock.Now(), time.Duration(s.reloadDelta)*time.Second) {
		return c.Fault(500, "ongoing reload")
	}
	if err := reload(c.Context()); err != nil {
		s.server.Log.Error("permissions", c.Name()+": "+err.Error()+"; what was loaded before stays")
		return c.Fault(500, "Reload failed.")
	}
	c.Add("Reload OK")
	return nil
}

// rpcTestURI checks a pair with the files of a base name, which must be those that are loaded.
func (s *state) rpcTestURI(c *rpc.Call) error {
	var args [3]string
	for i := range args {
		text, err := c.Str(i)
		if err != nil {
			return &rpc.Fault{Code: 500, Message: "Not enough parameters (basename, URI and contact)"}
		}
		args[i] = text
	}
	answer := "Denied"
	if s.mayTest(s.path(args[0]), args[1], args[2]) {
		answer = "Allowed"
	}
	c.Add(answer)
	return nil
}

func (s *state) mayTest(base, uri, contact string) bool {
	allow, deny := s.allow.named(base+s.allowSuffix), s.deny.named(base+s.denySuffix)
	if allow == nil && deny == nil {
		return false
	}
	return allow.matches(uri, contact) || !deny.matches(uri, contact)
}

// named gives the file if it is loaded under that path.
func (f *ruleFile) named(path string) *ruleFile {
	if f == nil || f.path != path {
		return nil
	}
	return f
}
