package route

import (
	"errors"
	"fmt"

	"github.com/moonroute/moonroute/core/sip"
)

// Changed is the message as the script's changes leave it: edits and request URI, but not what only the way out adds
// (our own Via, received=). A Record-Route names the socket that the message came in on.
func (m *Message) Changed() string {
	w := writer{
		dst: make([]byte, 0, len(m.Raw)+256), raw: m.Raw, edits: m.Edits.list,
		out: &Outgoing{Flow: m.Flow, URI: m.Target.URI},
	}
	if m.IsRequest {
		w.requestLine(m)
	}
	w.rest(m)
	return string(w.dst)
}

// errWayOut says that a change cannot be made part of the message yet.
var errWayOut = errors.New("route: a Record-Route header is known only when the message leaves: apply the changes before it is added")

// needWayOut tells whether an edit waits for the way out.
func (e *Edits) needWayOut() bool {
	for i := range e.list {
		if e.list[i].Render != nil {
			return true
		}
	}
	return false
}

// ApplyChanges makes the changes part of the message, so that what reads it from now on sees them. After an error the
// message is as it was. Of a request that was forwarded already, what the way out added is a change too.
func (m *Message) ApplyChanges() error {
	if m.last.branch == "" {
		if m.Edits.needWayOut() {
			return errWayOut
		}
		return m.ReplaceText(m.Changed())
	}
	return m.ReplaceText(string(AppendRequest(nil, m, &Outgoing{Flow: m.last.way, URI: m.Target.URI, Branch: m.last.branch})))
}

// ReplaceText puts another text in the place of the received one; the edits are gone with that. After an error the
// message is as it was.
func (m *Message) ReplaceText(text string) error {
	parsed := new(sip.Message)
	if err := parsed.Parse(text); err != nil {
		return fmt.Errorf("route: changed message: %w", err)
	}
	m.Message = parsed
	m.Edits = Edits{}
	m.Target.URI = ""
	m.CheckedHeader = [2]uint16{}
	m.last = forwarded{}
	return nil
}
