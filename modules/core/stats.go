package core

import (
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// statistics are the counters of the core and shmem groups that have a meaning here.
var statistics = append(kemi.Stats[state]{
	{Group: "core", Name: "rcv_requests", Counter: true, Doc: "requests received", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Requests.Load()) }},
	{Group: "core", Name: "rcv_replies", Counter: true, Doc: "replies received", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Replies.Load()) }},
	{Group: "core", Name: "fwd_requests", Counter: true, Doc: "requests relayed without a transaction", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.ForwardedRequests.Load()) }},
	{Group: "core", Name: "fwd_replies", Counter: true, Doc: "replies relayed without a transaction", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.ForwardedReplies.Load()) }},
	{Group: "core", Name: "drop_requests", Counter: true, Doc: "messages refused because no shard had room", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Overload.Load()) }},
	{Group: "core", Name: "refused_requests", Counter: true, Doc: "new requests answered 503 because the server was behind", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Refused.Load()) }},
	{Group: "core", Name: "udp_drops", Counter: true, Doc: "datagrams that the system dropped because a receive buffer was full", Value: udpDrops},
	{Group: "core", Name: "drop_replies", Counter: true, Doc: "replies that the script dropped or that had nowhere to go", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.DroppedReplies.Load()) }},
	{Group: "core", Name: "err_requests", Counter: true, Doc: "messages that an internal error lost", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Panics.Load()) }},
	{Group: "core", Name: "bad_msg_hdr", Counter: true, Doc: "messages that could not be read", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Malformed.Load()) }},
	{Group: "core", Name: "unsupported_methods", Counter: true, Doc: "requests with a method that is not known, and messages of other protocols", Value: unsupported},
	{Group: "sl", Name: "received_ACKs", Doc: "ACKs of stateless replies, which end here", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.AbsorbedACKs.Load()) }},
	{Group: "sl", Name: "sent_replies", Doc: "stateless replies sent", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.StatelessReplies(0, 700)) }},
	{Group: "sl", Name: "1xx_replies", Doc: "stateless 1xx replies sent", Value: replies(100, 199)},
	{Group: "sl", Name: "200_replies", Doc: "stateless 200 replies sent", Value: replies(200, 200)},
	{Group: "sl", Name: "202_replies", Doc: "stateless 202 replies sent", Value: replies(202, 202)},
	{Group: "sl", Name: "2xx_replies", Doc: "stateless 2xx replies sent, without those above", Value: replies(200, 299, 200, 202)},
	{Group: "sl", Name: "300_replies", Doc: "stateless 300 replies sent", Value: replies(300, 300)},
	{Group: "sl", Name: "301_replies", Doc: "stateless 301 replies sent", Value: replies(301, 301)},
	{Group: "sl", Name: "302_replies", Doc: "stateless 302 replies sent", Value: replies(302, 302)},
	{Group: "sl", Name: "3xx_replies", Doc: "stateless 3xx replies sent, without those above", Value: replies(300, 399, 300, 301, 302)},
	{Group: "sl", Name: "400_replies", Doc: "stateless 400 replies sent", Value: replies(400, 400)},
	{Group: "sl", Name: "401_replies", Doc: "stateless 401 replies sent", Value: replies(401, 401)},
	{Group: "sl", Name: "403_replies", Doc: "stateless 403 replies sent", Value: replies(403, 403)},
	{Group: "sl", Name: "404_replies", Doc: "stateless 404 replies sent", Value: replies(404, 404)},
	{Group: "sl", Name: "407_replies", Doc: "stateless 407 replies sent", Value: replies(407, 407)},
	{Group: "sl", Name: "408_replies", Doc: "stateless 408 replies sent", Value: replies(408, 408)},
	{Group: "sl", Name: "483_replies", Doc: "stateless 483 replies sent", Value: replies(483, 483)},
	{Group: "sl", Name: "4xx_replies", Doc: "stateless 4xx replies sent, without those above", Value: replies(400, 499, 400, 401, 403, 404, 407, 408, 483)},
	{Group: "sl", Name: "500_replies", Doc: "stateless 500 replies sent", Value: replies(500, 500)},
	{Group: "sl", Name: "5xx_replies", Doc: "stateless 5xx replies sent, without 500", Value: replies(500, 599, 500)},
	{Group: "sl", Name: "6xx_replies", Doc: "stateless 6xx replies sent", Value: replies(600, 699)},
	{Group: "shmem", Name: "used_size", Doc: "bytes of the heap in use", Value: heapBytes},
}, append(requestStatistics(), replyStatistics()...)...)

func unsupported(s *state) int64 {
	return int64(s.srv.Core.Stats.NotSIP.Load() + s.srv.Core.Stats.RequestsOf(sip.MethodOther))
}

// replyStatistics count the replies by class, by the methods that the incumbent tells apart, and some codes by themselves.
func replyStatistics() (list kemi.Stats[state]) {
	add := func(name, doc string, value func(*server.Stats) uint64) {
		list = append(list, kemi.Stat[state]{Group: "core", Name: "rcv_replies_" + name, Counter: true, Doc: doc + " replies received",
			Value: func(s *state) int64 { return int64(value(&s.srv.Core.Stats)) }})
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
		list = append(list, kemi.Stat[state]{
			Group: "core", Name: "rcv_requests_" + strings.ToLower(m.String()), Counter: true, Doc: m.String() + " requests received",
			Value: func(s *state) int64 { return int64(s.srv.Core.Stats.RequestsOf(m)) },
		})
	}
	return list
}

func udpDrops(s *state) int64 {
	if set := s.srv.Core.Transports(); set != nil {
		return int64(set.KernelDrops())
	}
	return 0
}

// replies counts the codes in a range, without those that are counted by themselves.
func replies(from, to int, without ...int) func(*state) int64 {
	return func(s *state) int64 {
		n := s.srv.Core.Stats.StatelessReplies(from, to)
		for _, code := range without {
			n -= s.srv.Core.Stats.StatelessReplies(code, code)
		}
		return int64(n)
	}
}

// heapBytes reads the heap without stopping the world.
func heapBytes(*state) int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
