package traffic

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stage is how far an operation has come.
type stage uint8

const (
	waiting stage = iota // for any reply
	ringing              // an INVITE has its 180
	talking              // the 200 has come; the BYE follows
	leaving              // the BYE waits for its 200
	ended
)

// talk is the time between ACK and BYE.
const talk = 100 * time.Millisecond

type operation struct {
	stage stage
	sent  time.Time
	last  []byte // the request to send again, then the ACK
	bye   []byte
}

// caller begins operations and follows them. The mutex guards what is below it: the pacing
// goroutine and the readers share the operations.
type caller struct {
	load  Load
	mark  string // marks this load's messages, so that late ones of an earlier load are nobody's
	links []link
	near  []string // our address on each link

	mu         sync.Mutex
	operations []operation
	done       int
	over       int // done, or refused
	byes       queue
	resends    queue
	result     Result
}

func newCaller(l Load) *caller {
	return &caller{
		load: l, mark: strconv.FormatUint(rand.Uint64(), 36),
		operations: make([]operation, l.Count), result: Result{Latency: make([]time.Duration, 0, l.Count)},
	}
}

// scatter spreads the called users over all of them: a prime far from the counts that are used.
const scatter = 7_368_787

// request is the first request of the nth operation.
func (c *caller) request(n int) []byte {
	name, near := user(c.load.First+n*scatter%max(1, c.load.Users)), c.near[n%len(c.near)]
	transport := strings.ToUpper(c.load.Transport)
	switch c.load.Case {
	case Message:
		return fmt.Appendf(nil, messageText, name, n, transport, near, c.mark)
	case Register:
		name = user(n)
		return fmt.Appendf(nil, registerText, name, n, transport, near, c.mark, contacts(name, 1, near, c.load.Transport))
	case Options:
		return fmt.Appendf(nil, optionsText, name, n, transport, near, c.mark, c.load.Server)
	default:
		return fmt.Appendf(nil, inviteText, name, n, transport, near, c.mark)
	}
}

// begin sends the first request of the nth operation.
func (c *caller) begin(n int) error {
	data := c.request(n)
	c.mu.Lock()
	op := &c.operations[n]
	op.last, op.sent = data, time.Now()
	c.again(n, op.sent)
	c.mu.Unlock()
	return c.links[n%len(c.links)].send(data)
}

// again notes that the nth operation's request is to be sent once more if it stays at this stage.
func (c *caller) again(n int, now time.Time) {
	if c.load.Transport == "udp" {
		c.resends.push(step{n, c.operations[n].stage, now.Add(again)})
	}
}

// receiver is what one reader runs.
func (c *caller) receiver() receiver {
	var m message
	return func(at time.Time, data []byte, back link) {
		if n, ok := c.number(&m, data); ok && m.code >= 180 {
			if next := c.advance(n, &m, at); next != nil {
				_ = back.send(next) // what is not sent is lost, and counted
			}
		}
	}
}

// number is the operation that a reply belongs to.
func (c *caller) number(m *message, data []byte) (int, bool) {
	if !m.read(data) || m.code == 0 {
		return 0, false
	}
	n := number(m.callID)
	_, rest, _ := bytes.Cut(m.callID, []byte("."))
	mark, _, _ := bytes.Cut(rest, []byte("@"))
	return n, n >= 0 && n < len(c.operations) && string(mark) == c.mark
}

// advance moves an operation on by one reply, and gives what is to be sent for it now.
func (c *caller) advance(n int, m *message, at time.Time) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	op := &c.operations[n]
	switch {
	case op.stage == ended:
	case m.code >= 300:
		c.result.Refused++
		c.end(op)
	case c.load.Case != Call:
		c.answered(op, at)
		c.done++
		c.end(op)
	case string(m.method) == "BYE":
		c.done++
		c.end(op)
	case m.code < 200 && op.stage == waiting:
		c.answered(op, at)
		op.stage = ringing
	case m.code >= 200 && op.stage < talking:
		return c.accept(n, m, at)
	case m.code >= 200:
		return op.last // the ACK was lost
	}
	return nil
}

func (c *caller) answered(op *operation, at time.Time) {
	c.result.Latency = append(c.result.Latency, at.Sub(op.sent))
}

// end lets go of what an operation holds.
func (c *caller) end(op *operation) {
	*op = operation{stage: ended}
	c.over++
}

// accept makes the ACK of a call, and its BYE for later.
func (c *caller) accept(n int, ok *message, at time.Time) []byte {
	d, near, transport := newDialogue(ok), c.near[n%len(c.near)], strings.ToUpper(c.load.Transport)
	request := func(method string, cseq int) []byte {
		return fmt.Appendf(nil, dialogText, method, d.uri, transport, near, c.mark, n, d.to, d.routes, cseq)
	}
	op := &c.operations[n]
	op.stage, op.last, op.bye = talking, request("ACK", 1), request("BYE", 2)
	c.byes.push(step{n, talking, at.Add(talk)})
	return op.last
}
