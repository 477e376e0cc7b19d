package tcpops

import (
	"testing"

	"github.com/moonroute/moonroute/kemi"
)

// TestLimitAtRunTime: what an operator sets in group tcp counts for the next connection.
func TestLimitAtRunTime(t *testing.T) {
	s := start(t)
	tcp := kemi.RuntimeRef{Group: "tcp"}
	first := dial(t, s)
	first.ask("INFO")
	if err := s.Runtime.Set(tcp, "max_connections", kemi.Int(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := dial(t, s).in.ReadLine(); err == nil {
		t.Error("a second connection is not refused")
	}
	if err := s.Runtime.Reset("tcp"); err != nil {
		t.Fatal(err)
	}
	dial(t, s).ask("INFO")
	first.ask("INFO")
}
