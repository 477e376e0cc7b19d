package server

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

func TestMessagesAreCountedByMethod(t *testing.T) {
	w := newWorld(t, routes{
		route.RequestRoute:   func(*route.Call) route.Outcome { return route.Done },
		route.CoreReplyRoute: func(c *route.Call) route.Outcome { c.Message.Dropped = true; return route.Dropped },
	})
	w.send(options)
	w.send(strings.ReplaceAll(options, "OPTIONS", "FOO"))
	reply := strings.Replace(options, "OPTIONS sip:192.0.2.1 SIP/2.0\n", "SIP/2.0 486 Busy\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsl1\n", 1)
	w.send(reply)
	w.send(strings.Replace(reply, "OPTIONS", "BYE", 1))
	s := &w.server.Stats
	for what, n := range map[string]uint64{
		"OPTIONS": s.RequestsOf(sip.MethodOptions), "others": s.RequestsOf(sip.MethodOther), "486 to OPTIONS": s.RepliesOf(4, sip.MethodOptions),
		"486 to BYE": s.RepliesOf(4, sip.MethodBye), "half of 486": s.ReceivedReplies(486, 486) / 2, "half of 4xx": s.ReceivedReplies(400, 499) / 2,
	} {
		if n != 1 {
			t.Errorf("%s: %d", what, n)
		}
	}
	if n := s.RequestsOf(sip.MethodInvite) + s.RepliesOf(2, sip.MethodBye); n != 0 {
		t.Errorf("%d messages too many", n)
	}
}
