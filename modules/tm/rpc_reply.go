package tm

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/tm"
)

// rpcReply reads code, reason, index:label, To tag, headers (a dot for none) and body.
func (s *state) rpcReply(c *rpc.Call) error {
	var r tm.MadeReply
	var id string
	err := readAll(c, 0,
		wanted{"Reply code", number64(&r.Code)}, wanted{"Reason phrase", str(&r.Reason)}, wanted{"Transaction ID", str(&id)},
		wanted{"To tag", str(&r.ToTag)}, wanted{"New headers", str(&r.Headers)})
	if err != nil {
		return err
	}
	s.rest(c, 5, &r)
	index, label, _ := strings.Cut(id, ":")
	i, err1 := strconv.ParseUint(index, 10, 32)
	l, err2 := strconv.ParseUint(label, 10, 32)
	if err1 != nil || err2 != nil {
		return c.Fault(400, "Invalid transaction ID")
	}
	rc := 0
	if !s.byID(tm.ID{Index: uint32(i), Label: uint32(l)}, func(t *tm.Transaction) { rc = t.Answer(r) }) {
		return c.Fault(404, "Transaction not found")
	}
	return replied(c, rc)
}

// rpcReplyCallID reads code, reason, Call-ID, CSeq, To tag, headers and body.
func (s *state) rpcReplyCallID(c *rpc.Call) error {
	var r tm.MadeReply
	var callID, cseq string
	err := readAll(c, 0,
		wanted{"Reply code", number64(&r.Code)}, wanted{"Reason phrase", str(&r.Reason)}, wanted{"Call-ID", str(&callID)},
		wanted{"CSeq", str(&cseq)}, wanted{"To tag", str(&r.ToTag)}, wanted{"New headers", str(&r.Headers)})
	if err != nil {
		return err
	}
	s.rest(c, 6, &r)
	rc := 0
	if !s.byCall(callID, cseq, func(t *tm.Transaction) { rc = t.Answer(r) }) {
		return c.Fault(404, "Transaction not found")
	}
	return replied(c, rc)
}

func (s *state) rest(c *rpc.Call, at int, r *tm.MadeReply) {
	r.Body = c.StrOpt(at, "")
	if r.Headers = given(r.Headers); r.Headers != "" && !strings.HasSuffix(r.Headers, "\n") {
		r.Headers += "\r\n"
	}
}

func replied(c *rpc.Call, rc int) error {
	if rc < 0 {
		return c.Fault(500, "Reply failed")
	}
	return nil
}

// wanted is a parameter that must be there, and what reads it.
type wanted struct {
	name string
	read func(c *rpc.Call, i int) error
}

func str(to *string) func(*rpc.Call, int) error {
	return func(c *rpc.Call, i int) (err error) {
		*to, err = c.AsStr(i)
		return err
	}
}

func number64(to *int) func(*rpc.Call, int) error {
	return func(c *rpc.Call, i int) error {
		text, err := c.AsStr(i)
		if err == nil {
			*to, err = strconv.Atoi(text)
		}
		return err
	}
}

// readAll reads parameters in order; the first one that is missing makes the fault.
func readAll(c *rpc.Call, from int, list ...wanted) error {
	for i, w := range list {
		if err := w.read(c, from+i); err != nil {
			return c.Fault(400, "%s expected", w.name)
		}
	}
	return nil
}

func parseCSeq(text string) (uint32, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	return uint32(n), err == nil
}
