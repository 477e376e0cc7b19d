package rpc

import (
	"errors"
	"net"
)

// binaryDialogue speaks kamcmd's protocol, over streams and datagrams alike.
type binaryDialogue struct{}

func (binaryDialogue) request(id uint32, name string, params []Value) ([]byte, error) {
	body := appendString(nil, recString, name)
	for _, p := range params {
		body = appendRecord(body, normal(p))
	}
	return packet(binRequest, id, body), nil
}

func (binaryDialogue) reply(conn net.Conn, id uint32) (*Reply, error) {
	for {
		header, body, err := readReply(conn)
		if err != nil {
			return nil, err
		}
		if header.cookie != id && header.cookie != 0 {
			continue // the late answer to an earlier call
		}
		return binReplyOf(header, body)
	}
}

func binReplyOf(header binHeader, body []byte) (*Reply, error) {
	r := binReader{body}
	values, err := r.values()
	if err != nil {
		return nil, err
	}
	switch header.kind {
	case binReply:
		return &Reply{Values: values}, nil
	case binFault:
		if len(values) == 2 {
			code, _ := values[0].(int64)
			message, _ := values[1].(string)
			return &Reply{Fault: &Fault{int(code), message}}, nil
		}
	}
	return nil, errors.Join(ErrMalformed, errors.New("rpc: the packet is no reply"))
}
