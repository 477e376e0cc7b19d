package tm

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// uacKind is one form of tm.t_uac_…: what it waits for and how it reads the body.
type uacKind struct{ wait, noAck, hex bool }

// uacCommands are the forms of tm.t_uac_…. Those with wait answer with the final reply.
func uacCommands() kemi.Commands[state] {
	forms := []struct {
		name string
		kind uacKind
		doc  string
	}{
		{"tm.t_uac_start", uacKind{}, "sends a request: method, URI, next hop, socket, headers, body"},
		{"tm.t_uac_start_noack", uacKind{noAck: true}, "t_uac_start without ACK for a 2xx"},
		{"tm.t_uac_start_hex", uacKind{hex: true}, "t_uac_start with the body in hex"},
		{"tm.t_uac_start_noack_hex", uacKind{noAck: true, hex: true}, "t_uac_start_noack with the body in hex"},
		{"tm.t_uac_attrs", uacKind{}, "t_uac_start; further attributes are ignored"},
		{"tm.t_uac_wait", uacKind{wait: true}, "sends a request and answers with its final reply"},
		{"tm.t_uac_wait_noack", uacKind{wait: true, noAck: true}, "t_uac_wait without ACK for a 2xx"},
		{"tm.t_uac_wait_hex", uacKind{wait: true, hex: true}, "t_uac_wait with the body in hex"},
		{"tm.t_uac_wait_noack_hex", uacKind{wait: true, noAck: true, hex: true}, "t_uac_wait_noack with the body in hex"},
		{"tm.t_uac_wait_block", uacKind{wait: true}, "t_uac_wait"},
		{"tm.t_uac_wait_block_noack", uacKind{wait: true, noAck: true}, "t_uac_wait_noack"},
		{"tm.t_uac_wait_block_hex", uacKind{wait: true, hex: true}, "t_uac_wait_hex"},
		{"tm.t_uac_wait_block_noack_hex", uacKind{wait: true, noAck: true, hex: true}, "t_uac_wait_noack_hex"},
	}
	var list kemi.Commands[state]
	for _, f := range forms {
		list = append(list, kemi.Command[state]{
			Name: f.name, Doc: f.doc, Run: func(s *state, c *rpc.Call) error { return s.rpcUAC(c, f.kind) },
		})
	}
	return list
}

func (s *state) rpcUAC(c *rpc.Call, kind uacKind) error {
	r, err := s.uacRequest(c, kind)
	if err != nil {
		return err
	}
	done := make(chan tm.LocalResult, 4)
	r.Done = func(x tm.LocalResult) {
		if x.Code >= 200 {
			done <- x
		}
	}
	var failure error
	s.srv.OnShard(int(s.next.Add(1))%len(s.srv.Shards()), func(sh *kemi.Shard) { _, failure = sh.TM.Start(r) })
	if failure != nil {
		s.srv.Log.Error("tm", "RPC request: "+failure.Error())
		return c.Fault(500, "I'm terribly sorry, server error occurred (7/RPC/UAC)")
	}
	if !kind.wait {
		c.AddStruct()
		return nil
	}
	return waitFor(c, done)
}

// waitFor answers with the request's final reply, or gives up with the client.
func waitFor(c *rpc.Call, done <-chan tm.LocalResult) error {
	select {
	case r := <-done:
		out := c.AddStruct()
		out.Add("code", r.Code)
		out.Add("text", r.Reason)
		return nil
	case <-c.Context().Done():
		return c.Fault(500, "%v", context.Cause(c.Context()))
	}
}

// uacRequest reads and checks the parameters.
func (s *state) uacRequest(c *rpc.Call, kind uacKind) (*tm.LocalRequest, error) {
	if c.Len() < 5 {
		return nil, c.Fault(400, "too few parameters (%d/5)", c.Len())
	}
	r := &tm.LocalRequest{NoAck: kind.noAck}
	var socket string
	for i, to := range []*string{&r.Method, &r.URI, &r.NextHop, &socket, &r.Headers} {
		text, err := c.AsStr(i)
		if err != nil {
			return nil, c.Fault(400, "too few parameters (%d/5)", i)
		}
		*to = given(text)
	}
	r.Body = c.StrOpt(5, "")
	if kind.hex {
		body, err := hex.DecodeString(strings.TrimSpace(r.Body))
		if err != nil {
			return nil, c.Fault(400, "Invalid hex body")
		}
		r.Body = string(body)
	}
	return r, s.checkRequest(c, r, socket)
}

func (s *state) checkRequest(c *rpc.Call, r *tm.LocalRequest, socket string) error {
	if _, err := sip.ParseURI(r.URI); err != nil {
		return c.Fault(400, "Invalid request uri %q", r.URI)
	}
	if r.NextHop != "" {
		if _, err := sip.ParseURI(r.NextHop); err != nil {
			return c.Fault(400, "Invalid next-hop uri %q", r.NextHop)
		}
	}
	if socket != "" {
		if r.Socket = s.socket(socket); r.Socket == nil {
			return c.Fault(400, "No local socket for %q", socket)
		}
	}
	if r.Headers != "" && !strings.HasSuffix(r.Headers, "\n") {
		r.Headers += "\r\n"
	}
	m, err := sip.Parse("X sip:x SIP/2.0\r\n" + r.Headers + "\r\n")
	switch {
	case err != nil:
		return c.Fault(400, "Invalid headers")
	case m.First(sip.HdrFrom) == nil:
		return c.Fault(400, "From missing")
	case m.First(sip.HdrTo) == nil:
		return c.Fault(400, "To missing")
	case r.Body != "" && m.First(sip.HdrContentType) == nil:
		return c.Fault(400, "Content-Type missing")
	}
	return nil
}
