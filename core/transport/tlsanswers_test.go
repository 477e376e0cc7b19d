package transport

import "testing"

// TestTLSAnswersAreBounded: what a peer makes the reader write, as by asking for new keys, does not take memory without
// end while no message is sent.
func TestTLSAnswersAreBounded(t *testing.T) {
	s := &tlsSocket{collecting: true, spare: &New(Options{}).buffers}
	answer := make([]byte, 32)
	var err error
	for n := 0; err == nil && n <= maxAnswers; n++ {
		_, err = s.Write(answer)
	}
	if err != errAnswers || len(*s.out) > maxAnswers+len(answer) {
		t.Fatalf("%d bytes wait: %v", len(*s.out), err)
	}
	s.sealing.Store(true)
	if _, err := s.Write(answer); err != nil {
		t.Errorf("a message: %v", err)
	}
}
