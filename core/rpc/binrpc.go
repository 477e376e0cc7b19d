package rpc

import (
	"context"
	"errors"
)

// BinaryHandler answers requests of the binary protocol. It has no state of its own, so
// one handler may serve any number of carriers at the same time.
type BinaryHandler struct {
	Registry *Registry
	// MaxReply is the size in bytes of a reply's body from which a fault takes its place;
	// 0 is no limit.
	MaxReply int
	// Instead says what to use for a larger one; it is a part of the fault.
	Instead string
}

// errCorrupted is the answer to what cannot be read as a request.
var errCorrupted = &Fault{400, "bad request: corrupted packet"}

// HandlePacket answers one whole packet, such as a datagram. It blocks while the command
// runs. The answer to what is no packet is a fault; the error, which wraps ErrMalformed,
// is for the caller to count.
func (h *BinaryHandler) HandlePacket(ctx context.Context, packet []byte) ([]byte, error) {
	if len(packet) < minHeader {
		return nil, ErrMalformed
	}
	size, err := headerSize(packet)
	if err != nil {
		return binFaultPacket(0, errCorrupted), err
	}
	if len(packet) < size {
		return nil, ErrMalformed
	}
	header := parseHeader(packet)
	body := packet[size:]
	if len(body) < header.length {
		return binFaultPacket(header.cookie, errCorrupted), ErrMalformed
	}
	return h.answer(ctx, header, body[:header.length])
}

// answer runs the request in a body. The reply is never empty.
func (h *BinaryHandler) answer(ctx context.Context, header binHeader, body []byte) ([]byte, error) {
	if header.kind != binRequest {
		return binFaultPacket(header.cookie, errCorrupted), ErrMalformed
	}
	reader := binReader{body}
	values, err := reader.values()
	if err != nil {
		return binFaultPacket(header.cookie, errCorrupted), err
	}
	out, fault := h.run(ctx, values)
	if fault == nil && h.MaxReply > 0 && len(out) > h.MaxReply {
		fault = &Fault{500, tooLargeReply + h.Instead}
	}
	if fault != nil {
		return binFaultPacket(header.cookie, fault), nil
	}
	return packet(binReply, header.cookie, out), nil
}

// run calls the command that the first value names and gives the body of its reply.
func (h *BinaryHandler) run(ctx context.Context, values []Value) ([]byte, *Fault) {
	if len(values) == 0 {
		return nil, &Fault{400, "bad request method: end of packet encountered"}
	}
	name, ok := values[0].(string)
	if !ok {
		return nil, &Fault{400, "bad request method: record doesn't match type"}
	}
	res, err := h.Registry.Exec(ctx, Request{Name: name, Params: values[1:], Protocol: Binary})
	if errors.Is(err, ErrMethodNotFound) {
		return nil, &Fault{500, "command " + name + " not found"}
	}
	if err != nil {
		return nil, faultOf(err)
	}
	if len(res.Values) == 0 && res.Mismatch != nil {
		return nil, faultOf(res.Mismatch)
	}
	var out []byte
	for _, v := range res.Values {
		out = appendRecord(out, v)
	}
	return out, nil
}

func binFaultPacket(cookie uint32, f *Fault) []byte {
	body := appendString(appendInt(nil, int64(f.Code)), recString, f.Message)
	return packet(binFault, cookie, body)
}
