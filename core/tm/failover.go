package tm

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// failover opens a branch to the next address of the same next hop after a 503 or a silence
// (RFC 3263 4.3). It gives false if there is none, or it is turned off.
func (t *Transaction) failover(b *Branch, code int) bool {
	if b.is(branchCanceled) || t.has(noFailover|isCanceled) || !t.failsOver(b, code) {
		return false
	}
	if b.TimedOut() {
		b.moveSpare()
	}
	n := b.successor()
	if n == nil {
		return false
	}
	b.status = code
	b.state |= branchDropped
	b.release()
	for ; n != nil; n = n.successor() {
		if n.send() == nil {
			return true
		}
	}
	b.state &^= branchDropped
	return false
}

// moveSpare has the next addresses sent to from the server's first socket that fits, unless the script chose one
// (dns_reuse_rcv_socket=0). After a reply they are sent to from the socket that it came to.
func (b *Branch) moveSpare() {
	env := &b.t.table.env
	if b.forced || env.Params.Get().DNSReuseRcvSocket != 0 {
		return
	}
	for i := range b.spare {
		b.spare[i].Local = env.Targets.DefaultSocket(b.spare[i].Proto, b.spare[i].Remote)
	}
}

// successor opens a branch to the next address of the same next hop that is not on the blocklist; nil if there is none.
func (b *Branch) successor() *Branch {
	t := b.t
	if len(b.spare) == 0 || len(t.branches) >= route.MaxBranches {
		return nil
	}
	n := t.addBranch()
	n.Target, n.URI, n.mode = b.Target, b.URI, b.mode
	n.onReply, n.onFail, n.onFailed = b.onReply, b.onFail, b.onFailed
	n.sent, n.spare, n.drafts, n.forced = b.sent, b.spare, b.drafts, b.forced
	b.spare, b.drafts = nil, nil
	for n.nextAddress() {
		if !n.blocked() {
			return n
		}
	}
	n.state |= branchUnsent
	return nil
}

// failsOver tells whether a code makes the next address due.
func (t *Transaction) failsOver(b *Branch, code int) bool {
	if code == 503 || b.TimedOut() && !b.Replied() || code == -errDelivery {
		return true
	}
	list := t.table.env.Params.Get().FailoverReplyCodes
	return list != "" && matchesCodes(list, code)
}

// matchesCodes reads failover_reply_codes: "code=404;class=5".
func matchesCodes(list string, code int) bool {
	for p := sip.ParseParams(list); p.Next(); {
		n, err := strconv.Atoi(strings.TrimSpace(p.Value))
		if err == nil && (p.Name == "code" && n == code || p.Name == "class" && n == code/100) {
			return true
		}
	}
	return false
}

// nextAddress turns the branch to its next address, with a Via and Record-Route that fit.
func (b *Branch) nextAddress() bool {
	if len(b.spare) == 0 {
		return false
	}
	b.flow, b.spare = b.spare[0], b.spare[1:]
	if len(b.drafts) > 0 {
		b.sent, b.drafts = b.drafts[0], b.drafts[1:]
	}
	if b.t.Local() || b.t.table.env.Params.Get().ReparseOnFailover != 0 {
		b.widen()
		b.sent = b.t.withOwnVia(b.sent, b)
	} else {
		b.sent, b.flow = b.fromRequest()
	}
	return true
}

// widen has a relayed request that is too long for its new way leave by another one.
func (b *Branch) widen() {
	if wider, ok := b.t.table.wider(b.flow, len(b.sent)); ok && !b.t.Local() {
		b.flow = wider
	}
}

// fromRequest is the branch's request made of the received one: without what its branch route changed
// but the request URI and the like (reparse_on_dns_failover=0).
func (b *Branch) fromRequest() ([]byte, flow.Flow) {
	m := b.t.fake()
	m.Target = b.Target
	return b.t.written(b, b.flow, m)
}

// withOwnVia is a request of ours with its first Via written anew for a branch and its way.
func (t *Transaction) withOwnVia(sent []byte, b *Branch) []byte {
	m := &t.table.sent
	if err := m.Parse(string(sent)); err != nil {
		return sent
	}
	h := m.First(sip.HdrVia)
	if h == nil {
		return sent
	}
	out := make([]byte, 0, len(sent)+16)
	out = append(out, m.Raw[:h.Start]...)
	out = t.appendVia(out, b)
	return append(out, m.Raw[h.End:]...)
}

// appendVia writes the Via of a branch.
func (t *Transaction) appendVia(dst []byte, b *Branch) []byte {
	dst = append(dst, "Via: SIP/2.0/"...)
	dst = append(dst, b.flow.Proto.Upper()...)
	dst = append(dst, ' ')
	host, port := t.sentBy(&b.flow)
	dst = append(dst, host...)
	dst = append(dst, ':')
	dst = append(dst, port...)
	dst = append(dst, ";branch="...)
	dst = t.branchID(b.index).appendTo(dst)
	return append(dst, "\r\n"...)
}

// sentBy is what our Via says of the way: what the socket tells peers, or what the request was given instead.
func (t *Transaction) sentBy(f *flow.Flow) (host, port string) {
	host, port = f.Local.SentBy()
	return cmp.Or(t.request.AdvertiseHost, host), cmp.Or(t.request.AdvertisePort, port)
}

// sendFailed is told that a connection could not be made or broke under the request, which may be known already.
func (b *Branch) sendFailed() {
	if b.t.has(isDead) || !b.pending() || b.Replied() || b.is(branchRefused) {
		return
	}
	b.stopTimer()
	b.t.branchFailed(b, -errDelivery, nil)
}
