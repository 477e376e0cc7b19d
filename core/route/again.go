package route

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// forwarded is the way that a request last left on without a transaction.
type forwarded struct {
	way    flow.Flow
	branch string
}

// Forwarded notes that the request left without a transaction.
func (m *Message) Forwarded(o *Outgoing) { m.last = forwarded{o.Flow, o.Branch} }

// KeepForwarded makes what the way out added (our Via, received= and rport=) a change of the message, as it is in the
// incumbent: a request that is forwarded a second time has two Vias of ours, and so its replies come back over both.
func (m *Message) KeepForwarded() {
	via, err := m.TopVia()
	h := m.First(sip.HdrVia)
	if m.last.branch == "" || err != nil || h == nil {
		return
	}
	o := Outgoing{Flow: m.last.way, Branch: m.last.branch}
	m.last = forwarded{}
	m.Edits.Add(Edit{At: h.Start, Text: string(appendOwnVia(nil, m, &o)), Header: uint8(sip.HdrVia)})
	params := paramsPlace(m, via)
	if m.ForceRport && !via.HasRPort {
		m.Edits.Insert(params, string(appendRport([]byte{';'}, m)))
	}
	if NeedsReceived(m, via) {
		m.Edits.Insert(params, string(appendReceived(nil, m)))
	}
	if via.HasRPort {
		start, _ := rportPlace(m, via)
		m.Edits.Insert(start, string(append(appendRport(nil, m), ';')))
	}
}
