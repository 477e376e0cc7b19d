package acc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
)

// watched is what acc keeps with a transaction that may be accounted.
type watched struct {
	missed   sinks // where a missed call was reported and its flag taken off
	accepted bool  // a 2xx to an INVITE was accounted
}

type watchedKey struct{}

// Kinds implements tm.Hook.
func (s *state) Kinds() uint32 {
	kinds := uint32(1<<tm.RequestIn | 1<<tm.ReplyOut | 1<<tm.OnFailure)
	if s.reportACK != 0 {
		kinds |= 1 << tm.EndToEndAckIn
	}
	return kinds
}

// OnTransaction implements tm.Hook.
func (s *state) OnTransaction(e *tm.HookEvent) {
	if e.Kind == tm.RequestIn {
		s.watch(e)
		return
	}
	w, _ := e.Transaction.Extra(watchedKey{}).(*watched)
	if w == nil {
		return
	}
	switch e.Kind {
	case tm.ReplyOut:
		s.replied(e, w)
	case tm.OnFailure:
		s.failed(e, w)
	case tm.EndToEndAckIn:
		s.acked(e)
	}
}

// watch decides, when the transaction is made, whether it may be accounted at all.
func (s *state) watch(e *tm.HookEvent) {
	if e.Request.Method.Has(sip.MethodCancel) && s.reportCancels == 0 {
		return
	}
	flags := e.Request.Flags
	if s.accounted(flags)|s.missed(flags) != 0 || s.prepareFlag.in(flags) || s.prepareAlways != 0 {
		e.Transaction.SetExtra(watchedKey{}, new(watched))
	}
}

// replied accounts a reply that was sent.
func (s *state) replied(e *tm.HookEvent, w *watched) {
	flags := e.Transaction.Flags()
	if e.Code >= 300 && e.Transaction.Invite() {
		s.reportMissed(e, w, flags, s.missed(flags)|s.answeredAfter(e, w))
	}
	if to := s.accounted(flags); to != 0 && s.accountable(e, flags) && !w.repeated(e) {
		s.report(&answered, to, e)
	}
}

// repeated tells that a 2xx to an INVITE was accounted before. A callee sends it again until the ACK comes (RFC 3261
// 13.3.1.4), and each time it is relayed. That of another phone behind a fork makes no record either, as with the incumbent.
func (w *watched) repeated(e *tm.HookEvent) bool {
	if e.Code < 200 || e.Code >= 300 || !e.Transaction.Invite() {
		return false
	}
	before := w.accepted
	w.accepted = true
	return before
}

// answeredAfter are the sinks that get one more report of a missed call: a failure route
// answers by itself, with a code of its own.
func (s *state) answeredAfter(e *tm.HookEvent, w *watched) sinks {
	if run := e.Transaction.Current(); e.Reply == nil && run != nil && run.Kind == route.FailureRoute {
		return w.missed
	}
	return 0
}

// failed reports a missed call when all branches have failed, before the failure route
// tries others. The flag goes, so that a script that tries again sets it again.
func (s *state) failed(e *tm.HookEvent, w *watched) {
	if flags := e.Transaction.Flags(); e.Transaction.Invite() {
		s.reportMissed(e, w, flags, s.missed(flags))
	}
}

func (s *state) reportMissed(e *tm.HookEvent, w *watched, flags uint32, to sinks) {
	if to == 0 {
		return
	}
	s.report(&missed, to, e)
	for k := range s.flags {
		if to.has(sink(k)) {
			flags &^= s.flags[k].missed.mask()
		}
	}
	var m route.Message
	m.Flags = flags
	e.Transaction.FlushFlags(&m)
	w.missed |= to
}

// accountable tells whether a reply ends an accounted transaction.
func (s *state) accountable(e *tm.HookEvent, flags uint32) bool {
	switch {
	case e.Code >= 300:
		return s.failedFlag.in(flags) && !slices.Contains(s.failedFilter, e.Code)
	case e.Code >= 200:
		return true
	}
	return s.earlyMedia != 0 && e.Reply != nil && e.Reply.Body() != ""
}

// report writes a record of a reply. The request URI is that of the branch that answered.
func (s *state) report(k *kind, to sinks, e *tm.HookEvent) {
	req := e.Request
	r := record{kind: k, to: to, msg: req, toTag: toTag(e), code: strconv.Itoa(e.Code), reason: s.reason(e), swap: s.upstream(req)}
	uri := req.Target.URI
	if branches := e.Transaction.Branches(); e.Branch >= 0 && e.Branch < len(branches) {
		req.Target.URI = branches[e.Branch].URI
	}
	s.write(req.Shard, &r)
	req.Target.URI = uri
}

// reason is the reply's, or the usual one of its code if the server answered itself.
func (s *state) reason(e *tm.HookEvent) string {
	if e.Reply == nil {
		return sip.ReasonPhrase(e.Code)
	}
	if s.reasonFromHeader != 0 {
		if h := e.Reply.Find("Reason"); h != nil {
			return strings.TrimSpace(h.Value)
		}
	}
	return e.Reply.Reason
}

func toTag(e *tm.HookEvent) string {
	if e.Reply != nil {
		return messageTag(e.Reply)
	}
	if tag := messageTag(e.Request); tag != "" || e.Request.Method.Has(sip.MethodCancel) {
		return tag
	}
	return e.Transaction.Tag()
}

// messageTag is the tag of a message's To header.
func messageTag(m *route.Message) string {
	to, err := m.To()
	if err != nil {
		return ""
	}
	return to.Tag
}

// upstream tells whether the callee sent a request of a dialog: module rr then finds the
// caller's tag in the route (parameter append_fromtag), and the request's From has another.
func (s *state) upstream(req *route.Message) bool {
	if s.detectDirection == 0 || messageTag(req) == "" {
		return false
	}
	routes := req.Routes()
	from, err := req.From()
	if err != nil || !routes.Next() {
		return false
	}
	uri, err := routes.Addr.URI()
	if err != nil {
		return false
	}
	tag, ok := uri.Param("ftag")
	return ok && tag != from.Tag
}

// acked accounts the ACK of a relayed 2xx. It sees the AVPs of its INVITE.
func (s *state) acked(e *tm.HookEvent) {
	to := s.accounted(e.Transaction.Flags())
	if to == 0 {
		return
	}
	code, ack := e.Transaction.Status(), e.Request
	vars := ack.Vars
	ack.Vars = e.Transaction.Vars()
	s.write(ack.Shard, &record{
		kind: &acknowledged, to: to, msg: ack, toTag: messageTag(ack), code: strconv.Itoa(code), reason: sip.ReasonPhrase(code),
	})
	ack.Vars = vars
}
