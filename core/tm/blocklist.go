package tm

import (
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// blocked tells whether the branch's present address is to be left out (blst_methods_lookup).
func (b *Branch) blocked() bool {
	env := &b.t.table.env
	return env.Blocklist.On() && b.t.blocklistMethod(env.Params.Get().BlocklistLookup) && env.Blocklist.Listed(b.flow) != 0
}

// block notes a destination that asks for a pause by 503 (blst_503): for as long as it says, within
// the bounds of the parameters.
func (b *Branch) block(m *route.Message) {
	v := b.t.table.env.Params.Get()
	if v.Blocklist503 == 0 || m.Status != 503 {
		return
	}
	seconds := retryAfter(m, v.BlocklistDefault)
	seconds = min(max(seconds, v.BlocklistMin), v.BlocklistMax)
	if seconds > 0 {
		b.note(blocklist.Unavailable, time.Duration(seconds)*time.Second)
	}
}

// blockSilent notes a destination that has sent no reply at all (blst_methods_add).
func (b *Branch) blockSilent() {
	if !b.Replied() && !b.is(branchUnsent|branchRefused) && b.sent != nil && b.t.blocklistMethod(b.t.table.env.Params.Get().BlocklistAdd) {
		b.note(blocklist.Timeout, 0)
	}
}

func (b *Branch) note(why blocklist.Reason, d time.Duration) {
	b.t.table.env.Blocklist.Note(b.flow, why, blocklist.Reason(b.mode.Ignored()), d)
}

func (t *Transaction) blocklistMethod(mask int) bool { return uint64(mask)&uint64(t.method) != 0 }

// retryAfter is the number of seconds of a Retry-After header, or def.
func retryAfter(m *route.Message, def int) int {
	h := m.First(sip.HdrRetryAfter)
	if h == nil {
		return def
	}
	text := strings.TrimSpace(h.Value)
	end := strings.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(text)
	}
	n, err := strconv.ParseUint(text[:end], 10, 31)
	if err != nil {
		return def
	}
	return int(n)
}
