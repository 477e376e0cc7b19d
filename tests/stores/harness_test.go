package stores

import (
	"context"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

// TestHarness keeps the harness itself honest: a registration in memory is gone after a kill.
func TestHarness(t *testing.T) {
	s := NewServer(t, `loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "preload", "location")
`, registerScript)
	s.Start()
	c := NewClient(t, s.Addr())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reply, err := c.Register(ctx, "alice@h.test", "<sip:alice@192.0.2.1>")
	if err != nil || Status(reply) != 200 {
		t.Fatal(reply, err)
	}
	s.Kill()
	s.Start()
	if got := s.RPC("ul.lookup", "location", "alice"); got != "500 AOR not found in location table" {
		t.Error(got)
	}
}
