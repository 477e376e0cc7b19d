package tm

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// Bits of evlreq_mode: which requests of this hop raise tm:local-request too.
const (
	eventForCancel = 1 << iota
	eventForAck
)

// localEvent shows the script a CANCEL or ACK of this hop before it leaves (evlreq_mode). What the script does
// with it changes nothing. It may let go of the shard.
func (t *Transaction) localEvent(bit int, data []byte, way flow.Flow) {
	v := t.table.env.Params.Get()
	if v.EventMode&bit == 0 || v.LocalRequestEvent == "" {
		return
	}
	parsed, err := sip.Parse(string(data))
	if err != nil {
		return
	}
	m := new(route.Message)
	m.Begin(parsed)
	m.Flow, m.Shard, m.CallHash, m.Received = way, t.table.env.Shard, t.call, t.table.env.Clock.Now()
	t.runRoute(route.Call{Kind: route.LocalRoute, Callback: route.Callback{Name: string(v.LocalRequestEvent)}, Message: m, Event: "tm:local-request"}, Run{})
}
