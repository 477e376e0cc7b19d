package kemi

import (
	"strings"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/resolve"
	"github.com/moonroute/moonroute/core/tm"
)

// makeRuntime fills the table: the groups of the configuration file, core, tcp, tm and the
// modules' live parameters.
func (s *Server) makeRuntime() {
	s.Runtime = newRuntime()
	addOperatorGroups(s.Runtime, s.Config)
	s.Runtime.Add("core", RuntimeVar{
		Name: "debug", Kind: KindInt, Doc: "highest level of log records that are written",
		Get: func() Value { return Int(int(s.Log.Threshold())) },
		Set: func(v Value) error { s.Log.SetThreshold(log.Level(v.Int())); return nil },
	})
	if d, ok := s.Core.Resolver().(*resolve.DNS); ok {
		s.Runtime.Add("core", dnsVars(d)...)
	}
	if set := s.Core.Transports(); set != nil {
		s.Runtime.Add("tcp", tcpRuntime(set, s.Config)...)
	}
	for _, in := range s.Registry.Modules() {
		if in.Info.Name == "tm" {
			s.Runtime.Add("tm", tmVars(s.TM)...)
		}
		if vars := in.liveVars(); len(vars) > 0 {
			s.Runtime.Add(in.Info.Name, vars...)
		}
	}
}

// addOperatorGroups takes in what the file defines as group.name = value.
func addOperatorGroups(r *Runtime, cfg *config.Config) {
	for _, set := range cfg.Globals {
		group, name, ok := strings.Cut(set.Name, ".")
		if !ok || group == "kemi" {
			continue
		}
		x := Str(set.Value.Str)
		if set.Value.Kind == config.Int {
			x = Int64(set.Value.Int)
		}
		if v := r.Var(group, name); v != nil {
			_ = v.Set(x) // a later line of the file wins
			continue
		}
		r.Add(group, operatorVar(name, set.Desc, x))
	}
}

func operatorVar(name, doc string, x Value) RuntimeVar {
	cell := new(atomic.Pointer[Value])
	cell.Store(&x)
	return RuntimeVar{
		Name: name, Kind: x.Kind(), Doc: doc,
		Get: func() Value { return *cell.Load() },
		Set: func(v Value) error { cell.Store(&v); return nil },
	}
}

// tmNumbers are the numbers of the transaction layer that may change while it runs.
var tmNumbers = []struct {
	name  string
	field func(*tm.Values) *int
	doc   string
}{
	{"ruri_matching", func(v *tm.Values) *int { return &v.RURIMatching }, "compare request URIs of peers older than RFC 3261"},
	{"via1_matching", func(v *tm.Values) *int { return &v.Via1Matching }, "compare top Vias of peers older than RFC 3261"},
	{"callid_matching", func(v *tm.Values) *int { return &v.CallIDMatching }, "compare Call-IDs also of RFC 3261 peers"},
	{"callid_cseq_matching", func(v *tm.Values) *int { return &v.CallIDCSeqMatching }, "check Call-ID and CSeq of replies"},
	{"fr_timer", func(v *tm.Values) *int { return &v.FrTimer }, "milliseconds to wait for any reply, or for an ACK"},
	{"fr_inv_timer", func(v *tm.Values) *int { return &v.FrInvTimer }, "milliseconds to wait for a final reply to INVITE after a provisional one"},
	{"wt_timer", func(v *tm.Values) *int { return &v.WtTimer }, "milliseconds that a finished transaction absorbs repetitions"},
	{"retr_timer1", func(v *tm.Values) *int { return &v.RetrTimer1 }, "milliseconds to the first retransmission"},
	{"retr_timer2", func(v *tm.Values) *int { return &v.RetrTimer2 }, "longest time between retransmissions, in milliseconds"},
	{"max_inv_lifetime", func(v *tm.Values) *int { return &v.MaxInvLifetime }, "milliseconds by which an INVITE transaction ends"},
	{"max_noninv_lifetime", func(v *tm.Values) *int { return &v.MaxNonInvLifetime }, "milliseconds by which any other transaction ends"},
	{"noisy_ctimer", func(v *tm.Values) *int { return &v.NoisyCTimer }, "answer 408 and cancel when a ringing branch times out"},
	{"auto_inv_100", func(v *tm.Values) *int { return &v.AutoInv100 }, "answer 100 to a relayed INVITE at once"},
	{"restart_fr_on_each_reply", func(v *tm.Values) *int { return &v.RestartFrOnEachReply }, "every provisional reply starts fr_inv_timer anew"},
	{"pass_provisional_replies", func(v *tm.Values) *int { return &v.PassProvisional }, "callbacks of local requests see provisional replies"},
	{"aggregate_challenges", func(v *tm.Values) *int { return &v.AggregateChallenges }, "join the challenges of all branches"},
	{"unmatched_cancel", func(v *tm.Values) *int { return &v.UnmatchedCancel }, "a CANCEL without INVITE: 0 relay with a transaction, 1 without, 2 drop"},
	{"default_code", func(v *tm.Values) *int { return &v.DefaultCode }, "code of t_reply that was given none"},
	{"reparse_invite", func(v *tm.Values) *int { return &v.ReparseInvite }, "CANCEL and ACK take their headers from the INVITE as sent"},
	{"cancel_b_method", func(v *tm.Values) *int { return &v.CancelBMethod }, "cancelling a branch without a reply: 0 pretend 487, 1 wait, 2 send CANCEL"},
	{"disable_6xx_block", func(v *tm.Values) *int { return &v.Disable6xxBlock }, "a 6xx does not end the other branches"},
	{"local_ack_mode", func(v *tm.Values) *int { return &v.LocalAckMode }, "where ACKs of our own go: 0 RFC 3261, 1 next hop of the INVITE, 2 source of the reply"},
	{"local_cancel_reason", func(v *tm.Values) *int { return &v.LocalCancelReason }, "CANCELs of our own say why"},
	{"e2e_cancel_reason", func(v *tm.Values) *int { return &v.E2ECancelReason }, "the Reason of a received CANCEL is passed on"},
	{"relay_100", func(v *tm.Values) *int { return &v.Relay100 }, "relay 100 replies"},
	{"enable_uac_fr", func(v *tm.Values) *int { return &v.EnableUACFr }, "requests of our own try further addresses"},
}

// tmTexts are the texts of the transaction layer that may change while it runs.
var tmTexts = []struct {
	name  string
	field func(*tm.Values) *string
	doc   string
}{
	{"auto_inv_100_reason", func(v *tm.Values) *string { return &v.AutoInv100Reason }, "reason of that 100"},
	{"default_reason", func(v *tm.Values) *string { return &v.DefaultReason }, "reason of t_reply that was given none"},
	{"ac_extra_hdrs", func(v *tm.Values) *string { return &v.ExtraHeaders }, "prefix of further headers that CANCEL and ACK take over"},
}

func tmVars(p *tm.Params) []RuntimeVar {
	var vars []RuntimeVar
	for _, t := range tmTexts {
		vars = append(vars, RuntimeVar{
			Name: t.name, Kind: KindStr, Doc: t.doc,
			Get: func() Value { return Str(*t.field(p.Get())) },
			Set: func(x Value) error { p.Change(func(v *tm.Values) { *t.field(v) = x.Text() }); return nil },
		})
	}
	for _, t := range tmNumbers {
		vars = append(vars, RuntimeVar{
			Name: t.name, Kind: KindInt, Doc: t.doc,
			Get: func() Value { return Int(*t.field(p.Get())) },
			Set: func(x Value) error { p.Change(func(v *tm.Values) { *t.field(v) = x.Int() }); return nil },
		})
	}
	return vars
}
