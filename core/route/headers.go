package route

import (
	"slices"

	"github.com/moonroute/moonroute/core/sip"
)

// RemoveHeader takes a header out of the message as it leaves, and the edits inside of it too.
func (m *Message) RemoveHeader(h *sip.Header) {
	m.Edits.forgetInside(h.Start, h.End)
	m.Edits.Delete(h.Start, h.End-h.Start)
}

// forgetInside drops the edits between two places; those at the places themselves stay.
func (e *Edits) forgetInside(start, end int) {
	for i := 0; i < len(e.list); {
		if at := e.list[i].At; at > start && at < end {
			e.own()
			e.list = slices.Delete(e.list, i, i+1)
			continue
		}
		i++
	}
}
