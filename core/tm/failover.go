package tm

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// failover opens a branch to the next address of the same next hop after a 503 or a silence
// (RFC 3263 4.3). It gives false if there is none, or it is turned off.
func (t *Transaction) failover(b *Branch, code int) bool {
	if len(b.spare) == 0 || b.is(branchCanceled) || t.has(noFailover|isCanceled) || !t.failsOver(b, code) {
		return false
	}
	n := t.addBranch()
	n.Target, n.URI, n.mode = b.Target, b.URI, b.mode
	n.onReply, n.onFail, n.onFailed = b.onReply, b.onFail, b.onFailed
	n.sent = b.sent
	n.spare, n.drafts = b.spare, b.drafts
	b.spare, b.drafts = nil, nil
	b.status = code
	b.state |= branchDropped
	b.release()
	for n.nextAddress() {
		if n.send() == nil {
			return true
		}
	}
	n.state |= branchUnsent
	b.state &^= branchDropped
	return false
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
	b.sent = b.t.withOwnVia(b.sent, b)
	return true
}

// withOwnVia is a request of ours with its first Via written anew for a branch and its way.
func (t *Transaction) withOwnVia(sent []byte, b *Branch) []byte {
	m, err := sip.Parse(string(sent))
	if err != nil {
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
	host, port := b.flow.Local.SentBy()
	dst = append(dst, host...)
	dst = append(dst, ':')
	dst = append(dst, port...)
	dst = append(dst, ";branch="...)
	dst = t.branchID(b.index).appendTo(dst)
	return append(dst, "\r\n"...)
}

// sendFailed is told that the connection to an address could not be made or broke under the
// request. The branch may have gone on to another address by then.
func (b *Branch) sendFailed(to netip.AddrPort) {
	if b.t.has(isDead) || !b.pending() || b.Replied() || b.flow.Remote != to {
		return
	}
	b.stopTimer()
	b.t.branchFailed(b, -errDelivery, nil)
}
