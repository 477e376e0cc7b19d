package core

import "github.com/moonroute/moonroute/kemi"

// slStatistics count the replies without a transaction, whoever sends them.
var slStatistics = kemi.Stats[state]{
	{Group: "sl", Name: "received_ACKs", Counter: true, Doc: "ACKs of stateless replies, which end here", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.AbsorbedACKs.Load()) }},
	{Group: "sl", Name: "failures", Counter: true, Doc: "stateless replies that could not be sent, those to an ACK included", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.UnsentReplies.Load()) }},
	{Group: "sl", Name: "sent_replies", Counter: true, Doc: "stateless replies sent", Value: func(s *state) int64 { return int64(s.srv.Core.Stats.StatelessReplies(0, 700)) }},
	{Group: "sl", Name: "1xx_replies", Counter: true, Doc: "stateless 1xx replies sent", Value: replies(100, 199)},
	{Group: "sl", Name: "200_replies", Counter: true, Doc: "stateless 200 replies sent", Value: replies(200, 200)},
	{Group: "sl", Name: "202_replies", Counter: true, Doc: "stateless 202 replies sent", Value: replies(202, 202)},
	{Group: "sl", Name: "2xx_replies", Counter: true, Doc: "stateless 2xx replies sent, without those above", Value: replies(200, 299, 200, 202)},
	{Group: "sl", Name: "300_replies", Counter: true, Doc: "stateless 300 replies sent", Value: replies(300, 300)},
	{Group: "sl", Name: "301_replies", Counter: true, Doc: "stateless 301 replies sent", Value: replies(301, 301)},
	{Group: "sl", Name: "302_replies", Counter: true, Doc: "stateless 302 replies sent", Value: replies(302, 302)},
	{Group: "sl", Name: "3xx_replies", Counter: true, Doc: "stateless 3xx replies sent, without those above", Value: replies(300, 399, 300, 301, 302)},
	{Group: "sl", Name: "400_replies", Counter: true, Doc: "stateless 400 replies sent", Value: replies(400, 400)},
	{Group: "sl", Name: "401_replies", Counter: true, Doc: "stateless 401 replies sent", Value: replies(401, 401)},
	{Group: "sl", Name: "403_replies", Counter: true, Doc: "stateless 403 replies sent", Value: replies(403, 403)},
	{Group: "sl", Name: "404_replies", Counter: true, Doc: "stateless 404 replies sent", Value: replies(404, 404)},
	{Group: "sl", Name: "407_replies", Counter: true, Doc: "stateless 407 replies sent", Value: replies(407, 407)},
	{Group: "sl", Name: "408_replies", Counter: true, Doc: "stateless 408 replies sent", Value: replies(408, 408)},
	{Group: "sl", Name: "483_replies", Counter: true, Doc: "stateless 483 replies sent", Value: replies(483, 483)},
	{Group: "sl", Name: "4xx_replies", Counter: true, Doc: "stateless 4xx replies sent, without those above", Value: replies(400, 499, 400, 401, 403, 404, 407, 408, 483)},
	{Group: "sl", Name: "500_replies", Counter: true, Doc: "stateless 500 replies sent", Value: replies(500, 500)},
	{Group: "sl", Name: "5xx_replies", Counter: true, Doc: "stateless 5xx replies sent, without 500", Value: replies(500, 599, 500)},
	{Group: "sl", Name: "6xx_replies", Counter: true, Doc: "stateless 6xx replies sent", Value: replies(600, 699)},
	{Group: "sl", Name: "xxx_replies", Counter: true, Doc: "stateless replies with a code that is in no class", Value: noClass},
}

// noClass counts the codes that no class has.
func noClass(s *state) int64 {
	st := &s.srv.Core.Stats
	return int64(st.StatelessReplies(0, 99) + st.StatelessReplies(700, 700))
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
