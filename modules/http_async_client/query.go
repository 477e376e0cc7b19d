package http_async_client

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
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
	cb      route.Callback
	shard   int
	call    tm.ID // the suspended transaction, if parked
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
func (s *state) ask(c *kemi.Ctx, target, function string, suspend bool, data string) int {
	r := requestOf(c)
	c.Keep(requestKey{}, nil)
	if target == "" || function == "" {
		c.Misuse("http_async_client", "the URL and the name of a function must not be empty")
		return failed
	}
	if s.pending.Load() >= maxPending {
		c.Server.Log.Once("http_async_client", log.Err, "http_async_client", fmt.Sprintf("%d requests wait for their answers: no more are made", maxPending))
		return failed
	}
	r.URL = strings.Clone(target)
	q := &query{request: r, cb: c.Arm(function), shard: c.Shard.ID, answer: &answer{id: s.nextID(), data: strings.Clone(data)}}
	if suspend && c.Msg != nil && tm.Of(c.Msg) != nil {
		if c.Shard.TM.Suspend(c.Msg) < 0 {
			return failed
		}
		q.call, q.parked = tm.Of(c.Msg).ID(), true
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

// nextID is the name of a request in $http_req_id: process and number.
func (s *state) nextID() string { return fmt.Sprintf("%d-%d", os.Getpid(), s.ids.Add(1)) }

// carry waits for the answer and gives it to the script.
func (s *state) carry(ctx context.Context, q *query) {
	began := time.Now()
	q.answer.response, q.answer.err = s.do(ctx, q.request)
	s.pending.Add(-1)
	if ctx.Err() != nil {
		return // the server ends
	}
	q.answer.took = time.Since(began)
	s.count(q.answer.err)
	if s.verbose != 0 {
		s.server.Log.Write(log.Info, "http_async_client", fmt.Sprintf("%s: %s", shown(q.request.URL), q.answer))
	}
	if q.parked {
		s.server.OnShard(q.call.Shard(), func(sh *kemi.Shard) { s.resume(sh, q) })
		return
	}
	s.server.OnShard(q.shard, func(sh *kemi.Shard) { s.raise(sh, q) })
}

// do makes a request. A setting that cannot be used fails it as the network may.
func (s *state) do(ctx context.Context, r *request) (*httpclient.Response, error) {
	client, after, err := s.clientFor(r)
	if err != nil {
		return nil, err
	}
	defer after()
	return client.Do(ctx, r.Request)
}

// shown is a URL as the log may have it: without a password.
func shown(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(no URL)"
	}
	return u.Redacted()
}

func (s *state) count(err error) {
	switch {
	case err == nil:
		s.replies.Add(1)
	case httpclient.Code(err) == timedOut:
		s.timeouts.Add(1)
	default:
		s.errors.Add(1)
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
