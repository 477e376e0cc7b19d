package http_async_client

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// event is the name that the function gets as its argument.
const event = "http_async_client:callback"

// maxPending is how many requests may wait for their answers.
const maxPending = 4096

const failed = -1

// query is a request on its way.
type query struct {
	request *request
	client  *httpclient.Client
	after   func()
	cb      route.Callback
	shard   int
	call    tm.ID // the suspended transaction, if suspended
	parked  bool
	answer  *answer
}

func (s *state) query(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(s.ask(c, a.Str(0), a.Str(1), !requestOf(c).goOn, ""))
}

func (s *state) send(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(s.ask(c, a.Str(0), a.Str(1), false, ""))
}

func (s *state) sendData(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(s.ask(c, a.Str(0), a.Str(1), false, a.Str(2)))
}

// ask sends a request off, with what $http_req has set, which counts for this one only. It gives 0 if the transaction is
// suspended, else 1; -1 if there is no request.
func (s *state) ask(c *kemi.Ctx, url, function string, suspend bool, data string) int {
	r := requestOf(c)
	c.Keep(requestKey{}, nil)
	if url == "" || function == "" {
		c.Misuse("http_async_client", "the URL and the name of a function must not be empty")
		return failed
	}
	if s.pending.Load() >= maxPending {
		c.Server.Log.Once("http_async_client", log.Err, "http_async_client", fmt.Sprintf("%d requests wait for their answers: no more are made", maxPending))
		return failed
	}
	client, after, err := s.clientFor(r)
	if err != nil {
		c.Log(log.Err, "http_async_client", err.Error())
		return failed
	}
	r.URL = url
	q := &query{request: r, client: client, after: after, cb: c.Arm(function), shard: c.Shard.ID, answer: &answer{id: s.nextID(), data: data}}
	if t := tm.Of(c.Msg); suspend && c.Msg != nil && t != nil {
		if c.Shard.TM.Suspend(c.Msg) < 0 {
			after()
			return failed
		}
		q.call, q.parked = t.ID(), true
	}
	c.Keep(idKey{}, q.answer.id)
	s.pending.Add(1)
	s.requests.Add(1)
	s.server.Go(func(ctx context.Context) { s.carry(ctx, q) })
	if q.parked {
		return 0
	}
	return 1
}

// nextID is the name of a request in $http_req_id.
func (s *state) nextID() string { return strconv.FormatUint(s.ids.Add(1), 10) }

// carry waits for the answer and gives it to the script.
func (s *state) carry(ctx context.Context, q *query) {
	began := time.Now()
	got, err := q.client.Do(ctx, q.request.Request)
	q.after()
	s.pending.Add(-1)
	if ctx.Err() != nil {
		return // the server ends
	}
	s.count(err)
	q.answer.response, q.answer.err, q.answer.took = got, err, time.Since(began)
	if s.verbose != 0 {
		s.server.Log.Write(log.Info, "http_async_client", fmt.Sprintf("%s: %s", q.request.URL, q.answer))
	}
	if q.parked {
		s.server.OnShard(q.call.Shard(), func(sh *kemi.Shard) { s.resume(sh, q) })
		return
	}
	s.server.OnShard(q.shard, func(sh *kemi.Shard) { s.raise(sh, q) })
}

func (s *state) count(err error) {
	if err == nil {
		s.replies.Add(1)
		return
	}
	s.errors.Add(1)
	if httpclient.Code(err) == timedOut {
		s.timeouts.Add(1)
	}
}

// answers are those of a shard's transactions that go on with one, for the variables.
type answers map[tm.ID]*answer

func (s *state) answersOf(sh *kemi.Shard) answers {
	known, ok := sh.Local[s].(answers)
	if !ok {
		known = answers{}
		sh.Local[s] = known
	}
	return known
}

// resume goes on with a transaction. It may let go of the shard.
func (s *state) resume(sh *kemi.Shard, q *query) {
	t := sh.TM.Find(q.call)
	if t == nil {
		return // it was cancelled, or has waited for too long
	}
	known := s.answersOf(sh)
	known[q.call] = q.answer
	t.Continue(q.cb, event)
	if known[q.call] == q.answer { // the function may have asked again
		delete(known, q.call)
	}
}

// raise calls the function with an event in hand.
func (s *state) raise(sh *kemi.Shard, q *query) {
	m, err := s.server.EventMessage(sh)
	if err != nil {
		s.server.Log.Write(log.Err, "http_async_client", err.Error())
		return
	}
	m.Extra = map[any]any{answerKey{}: q.answer}
	if s.server.Raise(sh, q.cb.Name, event, m) == route.Absent {
		s.server.Log.Once(q.cb.Name, log.Err, "http_async_client", "the script has no function "+q.cb.Name)
	}
}
