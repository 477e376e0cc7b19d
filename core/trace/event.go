package trace

import (
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// Kind is what an event is.
type Kind string

// The kinds of events.
const (
	In       Kind = "in"       // a message that came
	Out      Kind = "out"      // a message that went
	Route    Kind = "route"    // a function of the script begins
	Function Kind = "function" // a function that the script called has returned
)

// Event is one thing that happened to a call that is followed.
type Event struct {
	Number uint64    // counts up within a session, from 1
	Time   time.Time // when it happened; of a function, when it returned
	Kind   Kind
	CallID string

	// Of messages.
	Proto, Local, Remote string
	Text                 string // the whole message

	// Of routes and functions.
	Name   string // "ksr_request_route", "tm.t_relay"
	Args   string // as the script would write them
	Result string
	Took   time.Duration // with the time spent waiting
	Where  string        // "file:line" of the script
}

// message makes the event of a message and tells who its users are; ok is false for what is no SIP.
func message(k Kind, f flow.Flow, text string, now time.Time) (e Event, m *sip.Message, ok bool) {
	m, err := sip.Parse(text)
	if err != nil || m.CallID() == "" {
		return Event{}, nil, false
	}
	e = Event{Time: now, Kind: k, CallID: m.CallID(), Proto: f.Proto.String(), Remote: f.Remote.String(), Text: text}
	if f.Local != nil {
		e.Local = f.Local.Addr.String()
	}
	return e, m, true
}

// size is about what an event takes in memory.
func (e *Event) size() int {
	return 256 + len(e.CallID) + len(e.Text) + len(e.Name) + len(e.Args) + len(e.Result) + len(e.Where)
}

// own has the event keep no part of somebody else's message alive.
func (e *Event) own() {
	e.CallID, e.Args, e.Result, e.Where = strings.Clone(e.CallID), strings.Clone(e.Args), strings.Clone(e.Result), strings.Clone(e.Where)
}
