package route

import "github.com/moonroute/moonroute/core/sip"

// RemoveHeader takes a header out of the message as it leaves, and the edits inside of it too.
func (m *Message) RemoveHeader(h *sip.Header) {
	if !m.Edits.Empty() {
		m.Edits.RemoveIf(func(e *Edit) bool { return e.At > h.Start && e.At < h.End })
	}
	m.Edits.Delete(h.Start, h.End-h.Start)
}
