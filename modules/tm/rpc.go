package tm

import (
	"fmt"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func commands() kemi.Commands[state] {
	list := kemi.Commands[state]{
		{Name: "tm.stats", Run: (*state).rpcStats, Doc: "transaction counters"},
		{Name: "tm.list", Run: (*state).rpcList, Doc: "the transactions in memory"},
		{Name: "tm.hash_stats", Run: (*state).rpcHashStats, Doc: "refused: there is no hash table to show"},
		{Name: "tm.clean", Run: (*state).rpcClean, Doc: "removes leftover transactions; there are none here"},
		{Name: "tm.cancel", Run: (*state).rpcCancel, Doc: "cancels an INVITE: Call-ID, CSeq"},
		{Name: "tm.reply", Run: (*state).rpcReply, Doc: "replies: code, reason, index:label, To tag, headers, body"},
		{Name: "tm.reply_callid", Run: (*state).rpcReplyCallID, Doc: "replies: code, reason, Call-ID, CSeq, To tag, headers, body"},
		{Name: "tm.retransmit_reply", Run: (*state).rpcRetransmit, Doc: "sends the last reply again: index, label"},
		{Name: "tm.retransmit_reply_callid", Run: (*state).rpcRetransmitCallID, Doc: "sends the last reply again: Call-ID, CSeq"},
	}
	list = append(list, uacCommands()...)
	return append(list,
		kemi.Command[state]{Name: "t_uac_dlg", Run: func(s *state, c *rpc.Call) error { return s.rpcUAC(c, uacKind{wait: true}) }, Doc: "older name of tm.t_uac_wait"},
		kemi.Command[state]{Name: "t_uac_cancel", Run: (*state).rpcCancel, Doc: "older name of tm.cancel"},
		kemi.Command[state]{Name: "t_reply", Run: (*state).rpcReply, Doc: "older name of tm.reply"},
		kemi.Command[state]{Name: "t_stats", Run: (*state).rpcStats, Doc: "older name of tm.stats"},
		kemi.Command[state]{Name: "t_hash", Run: (*state).rpcHashStats, Doc: "older name of tm.hash_stats"})
}

// rpcStats has the incumbent's fields in its order.
func (s *state) rpcStats(c *rpc.Call) error {
	st := s.srv.Core.TMStats()
	out := c.AddStruct()
	out.Add("current", st.Current.Load())
	out.Add("waiting", st.Waiting.Load())
	out.Add("total", st.Created.Load())
	out.Add("total_local", st.Local.Load())
	out.Add("rpl_received", st.RplReceived.Load())
	out.Add("rpl_generated", st.RplGenerated.Load())
	out.Add("rpl_sent", st.RplSent.Load())
	for class := 6; class >= 2; class-- {
		out.Add(fmt.Sprintf("%dxx", class), st.Completed[class-2].Load())
	}
	out.Add("created", st.Created.Load())
	out.Add("freed", st.Freed.Load())
	out.Add("delayed_free", 0)
	return nil
}

func (s *state) rpcList(c *rpc.Call) error {
	var list []tm.Overview
	s.srv.EachTable(func(sh *kemi.Shard) bool {
		sh.TM.Each(func(t *tm.Transaction) bool { list = append(list, t.Overview()); return true })
		return false
	})
	next := c.AddStruct // kamcmd shows structs one below the other
	if c.Protocol() == rpc.JSON {
		out := c.AddList()
		next = func() *rpc.Struct { return out.Struct("") }
	}
	for i := range list {
		addOverview(next(), &list[i])
	}
	return nil
}

func addOverview(out *rpc.Struct, o *tm.Overview) {
	out.Add("cell", fmt.Sprintf("0x%x%08x", o.ID.Index, o.ID.Label))
	out.Add("tindex", int64(o.ID.Index))
	out.Add("tlabel", int64(o.ID.Label))
	out.Add("method", o.Method)
	out.Add("from", o.From)
	out.Add("to", o.To)
	out.Add("callid", o.CallID)
	out.Add("cseq", o.CSeq)
	out.Add("uas_request", "yes")
	out.Add("tflags", o.Flags)
	out.Add("outgoings", o.Branches)
	out.Add("ref_count", 1)
	out.Add("lifetime", o.Seconds)
}

func (s *state) rpcHashStats(c *rpc.Call) error {
	return c.Fault(500, "Hash statistics not supported (transactions are not kept in a hash table)")
}

func (s *state) rpcClean(c *rpc.Call) error {
	c.AddStruct()
	return nil
}

// byCall does something with the transaction of a Call-ID and a CSeq number, in its shard.
func (s *state) byCall(callID, cseq string, f func(*tm.Transaction)) bool {
	n, ok := parseCSeq(cseq)
	return ok && s.srv.EachTable(func(sh *kemi.Shard) bool {
		t := sh.TM.FindCall(callID, n)
		if t != nil {
			f(t)
		}
		return t != nil
	})
}

// byID does something with the transaction of an index and label.
func (s *state) byID(id tm.ID, f func(*tm.Transaction)) (found bool) {
	if id.Shard() >= len(s.srv.Shards()) {
		return false
	}
	s.srv.OnShard(id.Shard(), func(sh *kemi.Shard) {
		if t := sh.TM.Find(id); t != nil {
			f(t)
			found = true
		}
	})
	return found
}

func (s *state) rpcCancel(c *rpc.Call) error {
	callID, err1 := c.AsStr(0)
	cseq, err2 := c.AsStr(1)
	if err1 != nil || err2 != nil {
		return c.Fault(400, "Callid and CSeq expected as parameters")
	}
	waiting := false
	if !s.byCall(callID, cseq, func(t *tm.Transaction) { waiting = t.Cancel(0) }) {
		return c.Fault(400, "Transaction not found")
	}
	if waiting {
		c.Add("branches remaining (waiting for timeout)")
	}
	return nil
}

func (s *state) rpcRetransmit(c *rpc.Call) error {
	index, err1 := c.AsInt(0)
	label, err2 := c.AsInt(1)
	if err1 != nil || err2 != nil {
		return c.Fault(400, "Index and label expected as parameters")
	}
	return s.sent(c, func(f func(*tm.Transaction)) bool {
		return s.byID(tm.ID{Index: uint32(index), Label: uint32(label)}, f)
	})
}

func (s *state) rpcRetransmitCallID(c *rpc.Call) error {
	callID, err1 := c.AsStr(0)
	cseq, err2 := c.AsStr(1)
	if err1 != nil || err2 != nil {
		return c.Fault(400, "Callid and CSeq expected as parameters")
	}
	return s.sent(c, func(f func(*tm.Transaction)) bool { return s.byCall(callID, cseq, f) })
}

// sent repeats the last reply of the transaction that find finds.
func (s *state) sent(c *rpc.Call, find func(func(*tm.Transaction)) bool) error {
	rc := 0
	switch {
	case !find(func(t *tm.Transaction) { rc = t.Retransmit() }):
		return c.Fault(404, "Transaction not found")
	case rc < 0:
		return c.Fault(500, "There is no reply to send again")
	}
	return nil
}
