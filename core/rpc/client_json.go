package rpc

import (
	"fmt"
	"net"
)

// jsonDialogue speaks JSON-RPC 2.0 in datagrams.
type jsonDialogue struct{}

func (jsonDialogue) request(id uint32, name string, params []Value) ([]byte, error) {
	list := &List{}
	for _, p := range params {
		list.Add(p)
	}
	req := (&Struct{}).Add("jsonrpc", "2.0").Add("method", name).Add("params", list).Add("id", id)
	w := jsonWriter{}
	w.value(req, 0)
	return w.buf, nil
}

func (jsonDialogue) reply(conn net.Conn, id uint32) (*Reply, error) {
	buf := make([]byte, 1<<20)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, err
		}
		v, err := parseJSON(buf[:n])
		if err != nil {
			return nil, err
		}
		obj, ok := v.(*Struct)
		if !ok {
			return nil, fmt.Errorf("%w: the reply is no object", ErrMalformed)
		}
		got, hasID := obj.Get("id")
		if hasID && got != int64(id) {
			continue // the late answer to an earlier call
		}
		return jsonReply(obj)
	}
}

func jsonReply(obj *Struct) (*Reply, error) {
	if e, ok := obj.fold("error").(*Struct); ok {
		code, _ := e.fold("code").(int64)
		message, _ := e.fold("message").(string)
		return &Reply{Fault: &Fault{int(code), message}}, nil
	}
	result, ok := obj.Get("result")
	if !ok {
		return nil, fmt.Errorf("%w: the reply has no result", ErrMalformed)
	}
	switch v := result.(type) {
	case *List:
		return &Reply{Values: paramList(v)}, nil
	case *Struct:
		if v.Len() == 0 {
			return &Reply{}, nil
		}
	}
	return &Reply{Values: []Value{result}}, nil
}
