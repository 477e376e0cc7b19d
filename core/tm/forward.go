package tm

import (
	"errors"
	"slices"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// forward opens the branches and sends them. The result is 1 or an error code.
func (t *Transaction) forward(m *route.Message, o *RelayOptions) int {
	if t.has(isCanceled) {
		return failed
	}
	t.save(m)
	t.avpTimers(m, t.table.env.Params.Get())
	from := len(t.branches)
	rc := t.openBranches(m, o)
	t.armed.Branch = route.Callback{}                 // it counts for one t_relay
	t.saved.flags, t.saved.xflags = m.Flags, m.XFlags // with what branch routes set
	if t.has(isDead) {
		return failed
	}
	if len(t.branches) == from {
		return rc
	}
	return t.sendFrom(m, from)
}

// openBranches makes a branch for the request URI, unless one was made of it already, and for
// each further target; these are used up. The result is the last error.
func (t *Transaction) openBranches(m *route.Message, o *RelayOptions) int {
	if len(t.branches) >= route.MaxBranches {
		return failed
	}
	rc := errConfig
	if t.freshURI(m) {
		rc = t.openBranch(m, m.Target, o)
		t.usedURI, t.usedDst, m.URIUsed = m.Target.URI, m.Target.DstURI, true
	}
	for i := 0; i < len(m.Branches) && len(t.branches) < route.MaxBranches; i++ {
		rc = t.openBranch(m, m.Branches[i], o)
	}
	clear(m.Branches)
	m.Branches = m.Branches[:0]
	return rc
}

// freshURI tells whether the request URI or destination was set since the last branch was made of it.
func (t *Transaction) freshURI(m *route.Message) bool {
	return !m.URIUsed || m.Target.URI != t.usedURI || m.Target.DstURI != t.usedDst
}

// openBranch makes one branch: its branch route runs, its addresses are found, its bytes
// are built. The message is as before afterwards.
func (t *Transaction) openBranch(m *route.Message, target route.Target, o *RelayOptions) int {
	b := t.addBranch()
	before, edits, answer := m.Target, m.Edits, m.Answer
	m.Target, m.Edits = target, m.Edits.Branched()
	rc := t.prepareBranch(b, m, o)
	m.Target, m.Edits, m.Answer = before, edits, answer
	if rc < 0 && t.branches[len(t.branches)-1] == b {
		t.branches = t.branches[:b.index]
		*b = Branch{}
	} else if rc < 0 {
		b.state |= branchUnsent
	}
	return rc
}

func (t *Transaction) prepareBranch(b *Branch, m *route.Message, o *RelayOptions) int {
	if cb := t.armed.Branch; cb.Set() {
		out := t.runRoute(route.Call{Kind: route.BranchRoute, Callback: cb, Message: m, Branch: b.index}, Run{Branch: b.index})
		if t.has(isDead) || out == route.Dropped {
			return failed
		}
	}
	b.Target = m.Target
	b.URI = m.CurrentURI()
	b.mode = m.ForwardMode()
	return t.buildBranch(b, m, o)
}

// buildBranch finds the way and writes the request.
func (t *Transaction) buildBranch(b *Branch, m *route.Message, o *RelayOptions) int {
	flows, err := t.flowsOf(m, o)
	if t.has(isDead) {
		return failed
	}
	if err != nil || len(flows) == 0 {
		return addressError(err)
	}
	b.flow = flows[0]
	if len(flows) > 1 && !t.has(noFailover) {
		b.spare, b.forced = slices.Clone(flows[1:]), m.Socket != nil
	}
	if b.spare != nil && otherSockets(flows) {
		b.drafts = make([][]byte, len(b.spare))
		for i, f := range b.spare {
			b.drafts[i], b.spare[i] = t.written(b, f, m)
		}
	}
	b.sent, b.flow = t.written(b, flows[0], m)
	return ok
}

// otherSockets tells whether some address is sent to from another socket than the first one:
// then a Record-Route names another one too, and a new Via is not enough.
func otherSockets(flows []flow.Flow) bool {
	return slices.ContainsFunc(flows, func(f flow.Flow) bool { return f.Local != flows[0].Local })
}

func addressError(err error) int {
	if errors.Is(err, ErrNoSocket) {
		return errSocket
	}
	return errAddress
}

// flowsOf asks for the addresses of the branch that the message stands for.
func (t *Transaction) flowsOf(m *route.Message, o *RelayOptions) ([]flow.Flow, error) {
	hop := m.NextHop()
	if o.NextHop != "" {
		hop = o.NextHop
	}
	if o.Proto != flow.None {
		forced, err := forceProto(hop, o.Proto)
		if err != nil {
			return nil, err
		}
		hop = forced
	}
	return t.table.env.Targets.Targets(hop, m.Socket, m)
}

// forceProto is a URI with the host and port of another one and a fixed transport.
func forceProto(uri string, p flow.Proto) (string, error) {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return "", ErrBadURI
	}
	hop := "sip:" + u.Host
	if u.Port != "" {
		hop += ":" + u.Port
	}
	return hop + ";transport=" + p.String(), nil
}

// written is the branch's request as it leaves on a way, and that way, which is another one for a request that is too
// long for it.
func (t *Transaction) written(b *Branch, way flow.Flow, m *route.Message) ([]byte, flow.Flow) {
	if t.Local() {
		b.flow = way
		return t.localBytes(b, m), way
	}
	tb := t.table
	tb.id = t.branchID(b.index).appendTo(tb.id[:0])
	tb.out = route.Outgoing{Flow: way, URI: b.Target.URI, Path: b.Target.Path, ID: tb.id}
	tb.buf = route.AppendRequest(tb.buf[:0], m, &tb.out)
	if wider, ok := tb.wider(way, len(tb.buf)); ok {
		tb.out.Via, way = wider, wider // what else names the way stays: in-dialog requests may be short again
		tb.buf = route.AppendRequest(tb.buf[:0], m, &tb.out)
	}
	return append(tb.takeBuffer(), tb.buf...), way
}

// wider is the way for a request that is too long for the way of its next hop; ok is false if that will do.
func (tb *Table) wider(way flow.Flow, size int) (wider flow.Flow, ok bool) {
	if tb.env.Widener == nil || way.Proto.Reliable() {
		return flow.Flow{}, false
	}
	return tb.env.Widener.Wider(way, size)
}

// save takes what later branches start from at the first t_relay.
func (t *Transaction) save(m *route.Message) {
	if t.saved.relayed || t.run != nil && m.Faked {
		return
	}
	t.saved.relayed = true
	t.snapshot(m)
	t.SaveEdits(m)
}

// SaveEdits remembers the changes made so far for the branches of failure routes (t_save_lumps). Only the first call counts.
func (t *Transaction) SaveEdits(m *route.Message) {
	if t.saved.hasEdits {
		return
	}
	t.saved.hasEdits = true
	if !m.Edits.Empty() {
		t.saved.edits = m.Edits.Shared()
	}
}
