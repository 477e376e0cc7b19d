package tm

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// sendChallenges sends a 401 or 407 with the challenges of all branches (RFC 3261 16.7 step
// 7; aggregate_challenges). A single one is relayed as it came.
func (t *Transaction) sendChallenges(best *Branch, v *Values) {
	headers, replies := t.challenges()
	if v.AggregateChallenges == 0 || replies < 2 || t.has(noInternal) {
		t.relayReply(best.reply, best.index)
		return
	}
	t.replyWith(t.Request(), &route.LocalReply{Code: best.status, Reason: sip.ReasonPhrase(best.status), Headers: headers})
}

// challenges collects the challenge headers of all branches, and counts the replies that have any.
func (t *Transaction) challenges() (headers string, replies int) {
	var all strings.Builder
	for _, b := range t.branches {
		if b.reply == nil || b.is(branchDropped) || b.status != 401 && b.status != 407 {
			continue
		}
		replies++
		for i := range b.reply.Headers {
			h := &b.reply.Headers[i]
			if h.Type == sip.HdrWWWAuthenticate || h.Type == sip.HdrProxyAuthenticate {
				all.WriteString(b.reply.Raw[h.Start:h.End])
			}
		}
	}
	return all.String(), replies
}
