package tm

import (
	"bytes"
	"errors"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// RelayFlags change what t_relay does (t_relay_to_flags).
type RelayFlags int

// The flags.
const (
	No100Trying   RelayFlags = 1 << iota // send no 100 to an INVITE
	NoErrorReply                         // leave the answer for a failure to the script
	NoDNSFailover                        // use the first address of each next hop only
)

// RelayOptions say how to relay. The zero value is a plain t_relay.
type RelayOptions struct {
	Flags   RelayFlags
	NextHop string     // SIP URI that takes the place of each branch's own next hop
	Proto   flow.Proto // transport to force; flow.None: as the next hop says
	Replica bool       // t_replicate: replies are dropped here
}

// Relay passes the request in hand on statefully (t_relay), and makes the transaction if there
// is none. It gives 1 if at least one branch was sent or the request needed no sending, else the negative
// code that the incumbent gives. It may let go of the shard.
func (tb *Table) Relay(m *route.Message, o RelayOptions) int {
	t := Of(m)
	switch {
	case m.Method == sip.MethodAck:
		return tb.relayAck(m, &o)
	case t == nil:
		rc := tb.New(m)
		if rc <= 0 {
			return absorbedIsDone(rc)
		}
		t = Of(m)
	case t.Request != m && !m.Faked:
		return failed // a repetition that the script goes on with
	}
	if m.Method == sip.MethodCancel && t.run == nil {
		return tb.relayCancel(t, m, &o)
	}
	return t.relay(m, &o)
}

// absorbedIsDone: a repeated request that was answered counts as relayed.
func absorbedIsDone(rc int) int {
	if rc == absorbed {
		return ok
	}
	return rc
}

func (t *Transaction) relay(m *route.Message, o *RelayOptions) int {
	t.set(isReplica, t.has(isReplica) || o.Replica)
	t.set(noFailover, t.has(noFailover) || o.Flags&NoDNSFailover != 0)
	if o.Flags&No100Trying == 0 {
		t.trying(m)
	}
	rc := t.forward(m, o)
	if rc > 0 {
		t.flags |= isRelayed
		t.delayed = 0
		m.Handled = true
		return ok
	}
	m.Failure = route.Failure(errorReply(rc))
	t.failedRelay(m, o, rc)
	return visible(rc, o.Flags)
}

// visible is the code that the script sees.
func visible(rc int, f RelayFlags) int {
	switch {
	case f&NoErrorReply != 0:
		return errFlagged
	case rc == errConfig || rc == errDelivery:
		return failed
	}
	return rc
}

// trying answers 100 to an INVITE that is about to be relayed.
func (t *Transaction) trying(m *route.Message) {
	v := t.table.env.Params.Get()
	if v.AutoInv100 != 0 && t.Invite() && t.server.status == 0 && t.run == nil && !t.has(noAuto100|isLocal) {
		t.reply(m, 100, v.AutoInv100Reason)
	}
}

// failedRelay sees to it that the client gets an answer: now, or after the script (delayed_reply).
func (t *Transaction) failedRelay(m *route.Message, o *RelayOptions, rc int) {
	if o.Flags&NoErrorReply != 0 || t.has(isRelayed|noInternal) || t.run != nil && m.Faked {
		return
	}
	if t.table.env.Params.Get().DelayedReply != 0 {
		t.delayed = rc
		return
	}
	code, reason := errorReply(rc).text("TM")
	t.reply(m, code, reason)
}

// forward opens the branches and sends them. The result is 1 or an error code.
func (t *Transaction) forward(m *route.Message, o *RelayOptions) int {
	if t.has(isCanceled) {
		return failed
	}
	t.save(m)
	t.avpTimers(m, t.table.env.Params.Get())
	from := len(t.branches)
	rc := t.openBranches(m, o)
	t.armed.Branch = route.Callback{} // it counts for one t_relay
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
	before, answer := m.Target, m.Answer
	m.Target = target
	var edits route.Edits
	if t.armed.Branch.Set() {
		edits = m.Edits.Clone()
	}
	rc := t.prepareBranch(b, m, o)
	if t.armed.Branch.Set() {
		m.Edits = edits
	}
	m.Target, m.Answer = before, answer
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
		out := t.runRoute(&route.Call{Kind: route.BranchRoute, Callback: cb, Message: m, Branch: b.index}, Run{Branch: b.index})
		if t.has(isDead) || out == route.Dropped {
			return failed
		}
	}
	b.Target = m.Target
	b.URI = m.CurrentURI()
	b.mode = m.Forward
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
		b.spare = flows[1:]
	}
	t.write(b, m)
	return ok
}

// Errors by which Targets tells why there is no way.
var (
	// ErrBadURI says that the next hop is no URI that can be sent to.
	ErrBadURI = errors.New("tm: next hop is not a SIP URI")
	// ErrNoSocket says that the server has no socket for the next hop's transport.
	ErrNoSocket = errors.New("tm: no socket for the next hop")
)

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

// write builds the branch's request for its present way.
func (t *Transaction) write(b *Branch, m *route.Message) {
	tb := t.table
	var id [64]byte
	branch := t.branchID(b.index).appendTo(id[:0])
	out := route.Outgoing{Flow: b.flow, URI: b.Target.URI, Path: b.Target.Path, Branch: string(branch)}
	tb.buf = route.AppendRequest(tb.buf[:0], m, &out)
	b.sent = bytes.Clone(tb.buf)
}

// sendFrom sends the branches from an index on.
func (t *Transaction) sendFrom(m *route.Message, from int) int {
	sent, rc := 0, failed
	for i := from; i < len(t.branches); i++ {
		b := t.branches[i]
		if b.is(branchUnsent) || b.status != 0 {
			continue
		}
		if t.table.env.Script.Has(route.OnSendRoute) {
			t.onSend(m, &route.Outgoing{Flow: b.flow, URI: b.URI, Path: b.Target.Path}, b.index, b.sent)
		}
		if err := b.send(); err != nil {
			rc = errDelivery
			continue
		}
		sent++
	}
	if sent > 0 {
		return ok
	}
	return rc
}

// onSend runs the script's onsend route for a message that is about to leave.
func (t *Transaction) onSend(m *route.Message, out *route.Outgoing, branch int, data []byte) {
	t.table.env.Script.Run(&route.Call{Kind: route.OnSendRoute, Message: m, Branch: branch, Out: out, Data: data})
}

// send puts the branch's request on the wire, at the next address if the first cannot be sent to.
func (b *Branch) send() error {
	t := b.t
	for {
		err := t.table.env.Sender.Send(b.flow, b.sent, b.mode, b.onSendFailure())
		if err == nil {
			t.tell(RequestOut, b.index, 0, nil, b.sent)
			b.startTimers()
			return nil
		}
		if !b.nextAddress() {
			b.state |= branchUnsent
			return err
		}
	}
}

// onSendFailure is what a failure that shows later leads to; datagrams have none.
func (b *Branch) onSendFailure() func(error) {
	if !b.flow.Proto.Reliable() {
		return nil
	}
	t := b.t
	return func(error) {
		t.table.env.Post(t.call, func() { b.sendFailed() })
	}
}

// resend repeats the request, timers A and E.
func (b *Branch) resend() {
	if err := b.t.table.env.Sender.Send(b.flow, b.sent, b.mode, nil); err == nil {
		b.t.tell(RequestOut, b.index, 0, nil, b.sent)
	}
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
		t.saved.edits = m.Edits.Clone()
	}
}
