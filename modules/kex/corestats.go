package kex

import (
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// coreStatistics are the group core, which a server of the incumbent has only with this module.
var coreStatistics = append(kemi.Stats[state]{
	count("rcv_requests", "requests received", func(c *server.Stats) uint64 { return c.Requests.Load() }),
	count("rcv_replies", "replies received", func(c *server.Stats) uint64 { return c.Replies.Load() }),
	count("fwd_requests", "requests relayed without a transaction", func(c *server.Stats) uint64 { return c.ForwardedRequests.Load() }),
	count("fwd_replies", "replies relayed without a transaction", func(c *server.Stats) uint64 { return c.ForwardedReplies.Load() }),
	count("drop_requests", "messages refused because no shard had room, and requests that could not be relayed without a transaction",
		func(c *server.Stats) uint64 { return c.Overload.Load() + c.DroppedRequests.Load() }),
	count("refused_requests", "new requests answered 503 because the server was behind", func(c *server.Stats) uint64 { return c.Refused.Load() }),
	{Group: "core", Name: "udp_drops", Counter: true, Doc: "datagrams that the system dropped because a receive buffer was full", Value: func(s *state) int64 { return int64(s.srv.Core.KernelDrops()) }},
	count("drop_replies", "replies that the script dropped or that had nowhere to go", func(c *server.Stats) uint64 { return c.DroppedReplies.Load() }),
	count("err_requests", "requests that lack From, To, Call-ID, CSeq or Via, or whose To or CSeq is broken, and messages that an internal error lost",
		func(c *server.Stats) uint64 { return c.BadRequests.Load() + c.Panics.Load() }),
	count("err_replies", "replies that lack From, To, Call-ID, CSeq or Via, or whose To or CSeq is broken", func(c *server.Stats) uint64 { return c.BadReplies.Load() }),
	count("bad_URIs_rcvd", "URIs that the script or the server needed and that could not be read", func(c *server.Stats) uint64 { return c.BadURIs.Load() }),
	count("bad_msg_hdr", "messages that could not be read, but for those that only lack a header", func(c *server.Stats) uint64 { return c.BadHeaders.Load() }),
	count("unsupported_methods", "requests with a method that is not known, and messages of other protocols", func(c *server.Stats) uint64 { return c.NotSIP.Load() + c.RequestsOf(sip.MethodOther) }),
}, slices.Concat(requestStatistics(), replyStatistics())...)

// count is a counter of the core group.
func count(name, doc string, of func(*server.Stats) uint64) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "core", Name: name, Counter: true, Doc: doc, Value: func(s *state) int64 { return int64(of(&s.srv.Core.Stats)) }}
}

// replyStatistics count the replies by class, by the methods that the incumbent tells apart, and some codes by themselves.
func replyStatistics() (list kemi.Stats[state]) {
	add := func(name, doc string, value func(*server.Stats) uint64) {
		list = append(list, count("rcv_replies_"+name, doc+" replies received", value))
	}
	for class := 1; class <= 6; class++ {
		name := strconv.Itoa(class) + "xx"
		add(name, name, func(s *server.Stats) uint64 { return s.ReceivedReplies(100*class, 100*class+99) })
		for method, short := range shortNames {
			add(name+"_"+short, name+" "+method.String(), func(s *server.Stats) uint64 { return s.RepliesOf(class, method) })
		}
	}
	for _, code := range []int{401, 404, 407, 480, 486} {
		name := strconv.Itoa(code)
		add(name, name, func(s *server.Stats) uint64 { return s.ReceivedReplies(code, code) })
	}
	add("18x", "18x", func(s *server.Stats) uint64 { return s.ReceivedReplies(180, 189) })
	slices.SortFunc(list, func(a, b kemi.Stat[state]) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// shortNames are the methods in the names of statistics of replies.
var shortNames = map[sip.Method]string{
	sip.MethodInvite: "invite", sip.MethodCancel: "cancel", sip.MethodBye: "bye", sip.MethodRegister: "reg",
	sip.MethodMessage: "message", sip.MethodPrack: "prack", sip.MethodUpdate: "update", sip.MethodRefer: "refer",
}

// requestStatistics count the requests of each method.
func requestStatistics() (list kemi.Stats[state]) {
	for _, m := range []sip.Method{
		sip.MethodInvite, sip.MethodCancel, sip.MethodAck, sip.MethodBye, sip.MethodInfo, sip.MethodRegister, sip.MethodSubscribe,
		sip.MethodNotify, sip.MethodMessage, sip.MethodOptions, sip.MethodPrack, sip.MethodUpdate, sip.MethodRefer, sip.MethodPublish,
	} {
		list = append(list, count("rcv_requests_"+strings.ToLower(m.String()), m.String()+" requests received", func(s *server.Stats) uint64 { return s.RequestsOf(m) }))
	}
	return list
}
