package msrp

import (
	"crypto/rand"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

// chunks is how a long frame leaves: each piece of its content as a SEND of its own, with the
// range of the bytes that it carries.
type chunks struct {
	x      *Exchange
	to     flow.Flow
	opt    transport.SendOptions
	method string
	paths  string // as they leave
	rest   string // the other header lines, without Byte-Range
	next   ByteRange
}

func newChunks(x *Exchange, to flow.Flow, o transport.SendOptions) *chunks {
	f := x.Frame
	o.Close = false // it holds for the frame, which goes on
	c := &chunks{x: x, to: to, opt: o, method: f.Method, paths: string(f.appendHop(nil)), rest: withoutRange(f.otherHeaders())}
	c.next, _ = f.Range() // Check has seen that it can be read
	return c
}

// append writes a chunk and moves the range on.
func (c *chunks) append(id, body string, flag Flag) (data []byte, span string) {
	r := c.next
	r.End = r.Start + int64(len(body)) - 1
	c.next.Start = r.End + 1
	span = string(r.Append(nil))
	dst := make([]byte, 0, len(c.paths)+len(c.rest)+len(body)+chunkRoom)
	dst = append(append(append(dst, "MSRP "...), id...), ' ')
	dst = append(append(append(dst, c.method...), "\r\n"...), c.paths...)
	dst = append(append(append(dst, "Byte-Range: "...), span...), "\r\n"...)
	dst = append(append(append(append(dst, c.rest...), "\r\n"...), body...), "\r\n"...)
	return appendEndLine(dst, id, flag), span
}

// chunkRoom is enough for what a chunk has besides its header and content.
const chunkRoom = 192

// passOn takes the rest of a long frame off its connection, and relays it if its first piece was.
// Where the sender leaves in the middle, the receiver is told that the message is given up.
func (r *Relay) passOn(in input, c *Cutter, x *Exchange) error {
	for {
		data, size, flag, err := c.CutContent(in.Bytes())
		if err == nil && flag == More && size < r.opt.Limits.Piece {
			if err = in.Fill(); err == nil {
				continue
			}
		}
		if err != nil {
			x.pass("", Aborted)
			return err
		}
		if flag == More {
			x.pass(string(data), Partial)
		} else {
			x.pass(string(data), flag)
		}
		in.Discard(size)
		c.Took(size)
		if flag != More {
			return nil
		}
	}
}

// pass sends one more chunk.
func (x *Exchange) pass(body string, flag Flag) {
	c := x.chunk
	if c == nil {
		return
	}
	id := newID()
	x.relay.Stats.Chunks.Add(1)
	data, span := c.append(id, body, flag)
	x.relay.send(&output{to: c.to, opt: c.opt, data: data, wait: x.waiter(id, c.to, span)}, x)
}

// newID is a transaction id that no content holds by chance or on purpose: nobody can foresee it.
func newID() string { return rand.Text()[:20] }
