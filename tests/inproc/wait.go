package inproc

import (
	"strings"
	"testing"
	"time"
)

// Eventually waits until something is so that another goroutine or program brings about. It is for what a
// peer cannot see: a counter, a record, the end of a connection come before or after a reply.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// AwaitLog waits until the server has logged a text so many times, and no more often.
func (s *Server) AwaitLog(text string, times int) {
	s.t.Helper()
	Eventually(s.t, "in the log: "+text, func() bool { return strings.Count(s.Log(), text) >= times })
	if n := strings.Count(s.Log(), text); n != times {
		s.t.Errorf("%d times in the log, want %d: %s", n, times, text)
	}
}
