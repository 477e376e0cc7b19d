//go:build linux && (amd64 || arm64)

package flood

import (
	"bytes"
	"time"
)

// turn does what there is to do at both sides, and rests a little if that is nothing.
func (f *Flood) turn(now time.Time, begin int) {
	busy := begin > 0
	for i := range f.callee.read() {
		f.answer(f.callee.in.Datagram(i))
		busy = true
	}
	f.callee.flush()
	for i := range f.caller.read() {
		f.advance(f.caller.in.Datagram(i), now)
		busy = true
	}
	for range min(begin, batch) {
		f.begin(now)
	}
	f.again(now)
	f.caller.flush()
	if !busy {
		time.Sleep(100 * time.Microsecond)
	}
}

// answer is the callee's part.
func (f *Flood) answer(req []byte) {
	if !bytes.HasPrefix(req, []byte("ACK")) && !bytes.HasPrefix(req, []byte("SIP")) {
		f.callee.send(f.texts.ok(f.callee.text, req))
	}
}

func (f *Flood) begin(now time.Time) {
	f.last++
	f.calls[f.last%ring] = call{n: f.last, state: inviting}
	f.open++
	f.result.Begun++
	f.caller.send(f.texts.invite(f.caller.text, f.last))
	f.repeats.add(0, f.last, inviting, now)
}

// advance takes a reply to the caller.
func (f *Flood) advance(reply []byte, now time.Time) {
	if len(reply) < 12 || reply[8] < '2' {
		return
	}
	n := number(header(reply, "Call-ID"))
	if n < f.first || n > f.last {
		return
	}
	invite := bytes.HasSuffix(header(reply, "CSeq"), []byte("INVITE"))
	ok := string(reply[8:11]) == "200"
	switch c := &f.calls[n%ring]; {
	case c.n != n:
	case invite && !ok:
		f.caller.send(f.texts.refused(f.caller.text, n, header(reply, "To")))
		f.end(c, inviting, string(reply[8:11]) == "503", &f.result.Refused)
	case invite && c.state == inviting:
		f.hangUp(c, header(reply, "To"), header(reply, "Record-Route"), now)
	case !invite:
		f.end(c, ending, ok, &f.result.Completed)
	}
}

// hangUp ends a call that has just been answered.
func (f *Flood) hangUp(c *call, to, route []byte, now time.Time) {
	c.state, c.bye = ending, f.texts.bye(nil, c.n, to, route)
	f.caller.send(f.texts.ack(f.caller.text, c.n, to, route))
	f.caller.send(append(f.caller.text, c.bye...))
	f.repeats.add(0, c.n, ending, now)
}

// end counts a call once: as what it is if it is well, else as failed.
func (f *Flood) end(c *call, from state, well bool, as *int) {
	if c.state != from {
		return
	}
	c.state, c.bye = ended, nil
	f.open--
	if !well {
		as = &f.result.Failed
	}
	*as++
}

// again repeats what has no answer, some of it at a time.
func (f *Flood) again(now time.Time) {
	for range batch {
		r, stage, ok := f.repeats.next(now)
		if !ok {
			return
		}
		if c := &f.calls[r.n%ring]; c.n == r.n && c.state == r.state {
			f.repeat(c, stage, now)
		}
	}
}

func (f *Flood) repeat(c *call, stage int, now time.Time) {
	if stage+1 == mostRepeats {
		f.end(c, c.state, false, nil)
		return
	}
	if c.state == inviting {
		f.caller.send(f.texts.invite(f.caller.text, c.n))
	} else {
		f.caller.send(append(f.caller.text, c.bye...))
	}
	f.repeats.add(stage+1, c.n, c.state, now)
}
