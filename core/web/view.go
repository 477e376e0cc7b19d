package web

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// ErrNotRequest says that the text is no HTTP request.
var ErrNotRequest = errors.New("web: not an HTTP request")

// ErrLeadingSpace says that a request has a space before its first header: it would go on the added Via (RFC 9112 2.2).
var ErrLeadingSpace = errors.New("web: space before the first header")

// Message is the request in the form that a script has in hand. It has one more header, a Via that
// tells where it came from, so that functions for SIP work; the incumbent adds the same one.
// The caller fills in what core/server numbers: ID, Received and Shard.
func Message(text string, from flow.Flow) (*route.Message, error) {
	at := strings.IndexByte(text, '\n') + 1
	if strings.HasPrefix(text[at:], " ") || strings.HasPrefix(text[at:], "\t") {
		return nil, ErrLeadingSpace
	}
	received, err := sip.Parse(text[:at] + "Via: " + via(from) + "\r\n" + text[at:])
	if err != nil {
		return nil, err
	}
	if !received.IsRequest || !received.IsHTTP() {
		return nil, ErrNotRequest
	}
	m := new(route.Message)
	m.Begin(received)
	m.Flow, m.NoReply = from, true
	m.Extra = map[any]any{exchangeKey{}: new(exchange)}
	return m, nil
}

// via is the value of the added header.
func via(from flow.Flow) string {
	return "SIP/2.0/" + from.Proto.Upper() + " " + from.Remote.String()
}

// exchange is what a request keeps of its answer.
type exchange struct{ answered bool }

// exchangeKey is where a message keeps its exchange.
type exchangeKey struct{}

func exchangeOf(m *route.Message) *exchange {
	if m == nil {
		return nil
	}
	x, _ := m.Extra[exchangeKey{}].(*exchange)
	return x
}

// InHand tells whether a message is an HTTP request.
func InHand(m *route.Message) bool { return exchangeOf(m) != nil }

// Answered tells whether a request has had its answer.
func Answered(m *route.Message) bool {
	x := exchangeOf(m)
	return x != nil && x.answered
}

// MarkAnswered notes that a request has had its answer.
func MarkAnswered(m *route.Message) {
	if x := exchangeOf(m); x != nil {
		x.answered = true
	}
}

// Keeps tells whether the client goes on to use the connection (RFC 9112 9.3).
func Keeps(m *route.Message) bool {
	if strings.HasSuffix(m.Version, "1.0") {
		return ListHas(m, "Connection", "keep-alive")
	}
	return !ListHas(m, "Connection", "close")
}

// ListHas tells whether one of the headers of a name lists a token; case does not matter.
func ListHas(m *route.Message, header, token string) bool {
	for h := m.Find(header); h != nil; h = m.Next(h) {
		for item := range strings.SplitSeq(h.Value, ",") {
			if sip.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}
