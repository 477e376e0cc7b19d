//go:build e2e

package e2e

import "testing"

// TestCalls sends calls through the distribution's script: REGISTER, then INVITE 100 180 200
// ACK BYE 200 along the recorded route. Not one may fail.
func TestCalls(t *testing.T) {
	for _, l := range []load{{transport: "u1"}, {transport: "t1"}} {
		l.rate, l.seconds = 50, 4 // what a busy machine can do
		if full() {
			l.rate, l.seconds = 1000, 30
		}
		t.Run(l.String(), func(t *testing.T) { start(t, "").calls(t, l) })
	}
}
