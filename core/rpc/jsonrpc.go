package rpc

import (
	"context"
	"errors"
)

// JSONHandler answers JSON-RPC 2.0 requests. It has no state of its own, so one handler
// may serve any number of carriers at the same time.
//
// What it answers to odd requests is what Kamailio's jsonrpcs answers: a request without
// version 2.0 or without a method, or one that is no object (a batch, too), gets an empty
// result; a request without an id is run and answered without one.
type JSONHandler struct {
	Registry *Registry
	// Pretty indents the replies (parameter pretty_format).
	Pretty bool
	// MaxReply is the size in bytes from which a reply is replaced by a fault; 0 is no limit.
	MaxReply int
	// Instead says what to use for a larger one; it is a part of the fault.
	Instead string
}

// JSONReply is the answer to one request.
type JSONReply struct {
	Body []byte
	// Code and Message are 200 and "OK" or those of the fault, for carriers that have a
	// status line of their own.
	Code    int
	Message string
}

// Handle answers one request. It blocks while the command runs. What is not JSON at all
// has no answer, only an error that wraps ErrMalformed.
func (h *JSONHandler) Handle(ctx context.Context, text []byte) (JSONReply, error) {
	req, err := parseRequest(text)
	if err != nil {
		return JSONReply{}, err
	}
	return h.answer(ctx, req), nil
}

func (h *JSONHandler) answer(ctx context.Context, req *jsonRequest) JSONReply {
	result, fault := h.run(ctx, req)
	if fault != nil {
		return h.fault(fault, req.id)
	}
	reply := JSONReply{Body: h.encode(member{"result", result}, req.id), Code: 200, Message: "OK"}
	if h.MaxReply > 0 && len(reply.Body) > h.MaxReply {
		return h.fault(&Fault{500, tooLargeReply + h.Instead}, req.id)
	}
	return reply
}

// run gives the value of "result", or a fault.
func (h *JSONHandler) run(ctx context.Context, req *jsonRequest) (Value, *Fault) {
	if !req.isObject {
		return &Struct{}, nil
	}
	name, ok := req.method.(string)
	version, versionOK := req.version.(string)
	if !ok && req.method != nil || !versionOK && req.version != nil {
		return nil, &Fault{-32600, "Invalid Request"}
	}
	if version != "2.0" || req.method == nil {
		return &Struct{}, nil
	}
	res, err := h.Registry.Exec(ctx, Request{Name: name, Params: req.params, Protocol: JSON})
	if errors.Is(err, ErrMethodNotFound) {
		return nil, &Fault{500, "Method Not Found"}
	}
	if err != nil {
		return nil, faultOf(err)
	}
	return res.json(), nil
}

// json is the one value that JSON clients see.
func (r *Result) json() Value {
	if r.Array {
		l := &List{}
		for _, v := range r.Values {
			l.Add(v)
		}
		return l
	}
	if len(r.Values) == 0 {
		return &Struct{}
	}
	return r.Values[len(r.Values)-1]
}

func (h *JSONHandler) fault(f *Fault, id Value) JSONReply {
	e := (&Struct{}).Add("code", f.Code).Add("message", f.Message)
	return JSONReply{Body: h.encode(member{"error", e}, id), Code: f.Code, Message: f.Message}
}

func (h *JSONHandler) encode(outcome member, id Value) []byte {
	envelope := &Struct{members: []member{{"jsonrpc", "2.0"}, outcome}}
	if id != nil {
		envelope.Add("id", id)
	}
	w := jsonWriter{pretty: h.Pretty}
	w.value(envelope, 0)
	return w.buf
}
