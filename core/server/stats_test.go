package server

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
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

// TestMalformedMessagesAreCountedByFault tells what lacks a header from what has a broken one.
func TestMalformedMessagesAreCountedByFault(t *testing.T) {
	reply := strings.Replace(options, "OPTIONS sip:192.0.2.1 SIP/2.0", "SIP/2.0 200 OK", 1)
	for _, x := range []struct {
		message                             string
		badHeaders, badRequests, badReplies uint64
	}{
		{strings.Replace(options, "From:", "X:", 1), 0, 1, 0},
		{strings.Replace(options, "Via:", "X:", 1), 0, 1, 0},
		{strings.Replace(reply, "Call-ID:", "X:", 1), 0, 0, 1},
		{strings.Replace(options, "CSeq: 1 OPTIONS", "CSeq: 1", 1), 1, 1, 0},
		{strings.Replace(reply, "To: <", `To: "<`, 1), 1, 0, 1},
		{strings.Replace(options, "Via: ", "Via: ;", 1), 1, 0, 0},
		{strings.Replace(options, "SIP/2.0\n", "SIP/3.0\n", 1), 1, 0, 0},
		{strings.Replace(options, "CSeq:", "CSeq", 1), 1, 0, 0},
		{options, 0, 0, 0},
	} {
		w := newWorld(t, routes{route.RequestRoute: func(*route.Call) route.Outcome { return route.Done }})
		w.send(x.message)
		s := &w.server.Stats
		malformed := min(1, x.badHeaders+x.badRequests+x.badReplies)
		if s.BadHeaders.Load() != x.badHeaders || s.BadRequests.Load() != x.badRequests || s.BadReplies.Load() != x.badReplies || s.Malformed.Load() != malformed {
			t.Errorf("%d malformed, %d with bad headers, %d requests, %d replies:\n%s",
				s.Malformed.Load(), s.BadHeaders.Load(), s.BadRequests.Load(), s.BadReplies.Load(), x.message)
		}
	}
}

// TestBadURIsAreCounted when somebody needs them: the script those of the message, the server a next hop.
func TestBadURIsAreCounted(t *testing.T) {
	var w *world
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		m := c.Message
		if to, err := m.To(); err == nil {
			_, _ = to.URI()
		}
		if m.CallID() == "asked" {
			_, _ = m.URI()
			from, _ := m.From()
			_, _ = from.URI()
		}
		if m.CallID() == "hop" {
			_ = w.server.Forward(w.server.Shards()[m.Shard], m, "sip:")
		}
		return route.Done
	}})
	bad := strings.NewReplacer("sip:192.0.2.1 ", "http://x ", "<sip:a@", "<foo:a@").Replace(options)
	for _, x := range []struct {
		message string
		want    uint64
	}{{options, 0}, {bad, 0}, {strings.Replace(bad, "c1", "asked", 1), 2}, {strings.Replace(options, "c1", "hop", 1), 3}} {
		w.send(x.message)
		if n := w.server.Stats.BadURIs.Load(); n != x.want {
			t.Errorf("%d bad URIs, want %d, after\n%s", n, x.want, x.message)
		}
	}
}

// refusing is a sender that nothing can be sent with.
type refusing struct{ transport.Sender }

func (refusing) SendWith(flow.Flow, []byte, transport.SendOptions) error {
	return transport.ErrNoConnection
}

// TestOnlyWhatWasSentCountsAsSent: what could not be sent is counted apart.
func TestOnlyWhatWasSentCountsAsSent(t *testing.T) {
	var w *world
	w = newWorld(t, routes{route.RequestRoute: func(c *route.Call) route.Outcome {
		_ = w.server.ReplyStateless(c.Message, 404, "Not Found")
		_ = w.server.Forward(w.server.Shards()[c.Message.Shard], c.Message, "sip:192.0.2.7")
		return route.Done
	}})
	s := &w.server.Stats
	reply := "SIP/2.0 486 Busy\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsl1\n" + options[strings.Index(options, "Via:"):]
	for _, sends := range []uint64{1, 0} {
		w.send(options)
		w.send(reply)
		if s.StatelessReplies(404, 404) != 1 || s.ForwardedRequests.Load() != 1 || s.ForwardedReplies.Load() != 1 {
			t.Errorf("sent %d replies, relayed %d requests and %d replies", s.StatelessReplies(404, 404), s.ForwardedRequests.Load(), s.ForwardedReplies.Load())
		}
		if failed := 1 - sends; s.UnsentReplies.Load() != failed || s.DroppedRequests.Load() != failed || s.DroppedReplies.Load() != failed {
			t.Errorf("%d, %d, %d could not be sent, want %d", s.UnsentReplies.Load(), s.DroppedRequests.Load(), s.DroppedReplies.Load(), failed)
		}
		w.server.sender = refusing{w.server.sender}
	}
}
