package core

import (
	"runtime/metrics"

	"github.com/moonroute/moonroute/kemi"
)

// statistics are the counters of the core and shmem groups that have a meaning here.
var statistics = kemi.Stats[state]{
	{Group: "core", Name: "rcv_requests", Counter: true, Doc: "requests received", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Requests.Load()) }},
	{Group: "core", Name: "rcv_replies", Counter: true, Doc: "replies received", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Replies.Load()) }},
	{Group: "core", Name: "fwd_requests", Counter: true, Doc: "requests relayed without a transaction", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.ForwardedRequests.Load()) }},
	{Group: "core", Name: "fwd_replies", Counter: true, Doc: "replies relayed without a transaction", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.ForwardedReplies.Load()) }},
	{Group: "core", Name: "drop_requests", Counter: true, Doc: "requests refused because of overload", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Overload.Load()) }},
	{Group: "core", Name: "drop_replies", Counter: true, Doc: "replies that the script dropped or that had nowhere to go", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.DroppedReplies.Load()) }},
	{Group: "core", Name: "err_requests", Counter: true, Doc: "messages that an internal error lost", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Panics.Load()) }},
	{Group: "core", Name: "bad_msg_hdr", Counter: true, Doc: "messages that could not be read", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.Malformed.Load()) }},
	{Group: "core", Name: "unsupported_methods", Counter: true, Doc: "messages of other protocols", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.NotSIP.Load()) }},
	{Group: "sl", Name: "received_ACKs", Doc: "ACKs of stateless replies, which end here", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.AbsorbedACKs.Load()) }},
	{Group: "sl", Name: "sent_replies", Doc: "stateless replies sent", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.StatelessReplies(0, 700)) }},
	{Group: "sl", Name: "200_replies", Doc: "stateless 200 replies sent", Value: replies(200, 200)},
	{Group: "sl", Name: "1xx_replies", Doc: "stateless 1xx replies sent", Value: replies(100, 199)},
	{Group: "sl", Name: "2xx_replies", Doc: "stateless 2xx replies sent, 200 and 202 apart", Value: func(s *state) int64 {
		return replies(201, 201)(s) + replies(203, 299)(s)
	}},
	{Group: "sl", Name: "3xx_replies", Doc: "stateless 3xx replies sent, 300 to 302 apart", Value: replies(303, 399)},
	{Group: "sl", Name: "404_replies", Doc: "stateless 404 replies sent", Value: replies(404, 404)},
	{Group: "sl", Name: "5xx_replies", Doc: "stateless 5xx replies sent, 500 apart", Value: replies(501, 599)},
	{Group: "sl", Name: "6xx_replies", Doc: "stateless 6xx replies sent", Value: replies(600, 699)},
	{Group: "shmem", Name: "used_size", Doc: "bytes of the heap in use", Value: heapBytes},
}

func replies(from, to int) func(*state) int64 {
	return func(s *state) int64 { return int64(s.srv.Core.Stats.StatelessReplies(from, to)) }
}

// heapBytes reads the heap without stopping the world.
func heapBytes(*state) int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
