package jsonrpcs

import (
	"context"
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/web"
	"github.com/moonroute/moonroute/kemi"
)

// execTime ends a command that a script runs.
const execTime = 10 * time.Second

// answerKey is where a shard keeps the last answer.
type answerKey struct{}

// exec runs a request. The shard serves other calls meanwhile, for commands may wait for it.
func (s *state) exec(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := a.Str(0)
	if text == "" {
		return kemi.Int(-1)
	}
	reply, err := s.handle(c, text)
	if err != nil {
		c.Log(log.Err, "jsonrpcs", "exec: "+err.Error())
		return kemi.Int(-1)
	}
	c.Shard.Local[answerKey{}] = &reply
	return kemi.Int(1)
}

// handle lets go of the shard while the command runs.
func (s *state) handle(c *kemi.Ctx, text string) (reply rpc.JSONReply, err error) {
	c.Wait(func() {
		ctx, cancel := context.WithTimeout(context.Background(), execTime)
		defer cancel()
		reply, err = s.json.Handle(ctx, []byte(text))
	})
	return reply, err
}

func last(c *kemi.Ctx) *rpc.JSONReply {
	reply, _ := c.Shard.Local[answerKey{}].(*rpc.JSONReply)
	return reply
}

func (s *state) response(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if reply := last(c); reply != nil {
		return kemi.Str(string(reply.Body))
	}
	return kemi.Null
}

// dispatch runs the request in the body of the HTTP request in hand and answers that one.
func (s *state) dispatch(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if !web.InHand(c.Msg) {
		c.Misuse("jsonrpcs.dispatch", "the message in hand is no HTTP request")
		return kemi.Int(-1)
	}
	reply, err := s.handle(c, c.Msg.Body())
	if err == nil {
		err = s.srv.Core.ReplyHTTP(c.Msg, web.Response{Code: reply.Code, Reason: reply.Message, ContentType: "application/json", Body: string(reply.Body)})
	}
	if err != nil {
		c.Log(log.Err, "jsonrpcs", "dispatch: "+err.Error())
		return kemi.Int(-1)
	}
	return kemi.Int(1)
}

// fields are the parts of an answer that $jsonrpl names.
var fields = map[string]func(*rpc.JSONReply) kemi.Value{
	"code": func(r *rpc.JSONReply) kemi.Value { return kemi.Int(r.Code) },
	"text": func(r *rpc.JSONReply) kemi.Value { return kemi.Str(r.Message) },
	"body": func(r *rpc.JSONReply) kemi.Value { return kemi.Str(string(r.Body)) },
}

func parseField(_ *state, _ *kemi.Registry, inner string) (any, error) {
	f := fields[inner]
	if f == nil {
		return nil, fmt.Errorf("$jsonrpl has code, text and body, not %q", inner)
	}
	return f, nil
}

func (s *state) field(c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	reply := last(c)
	if reply == nil {
		return kemi.Null
	}
	return a.Data.(func(*rpc.JSONReply) kemi.Value)(reply)
}
