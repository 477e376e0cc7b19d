package msrp

import "bytes"

// Limits bound what a peer can make the relay hold. A zero field takes its default.
type Limits struct {
	MaxHead int // bytes of first line and header; 8 KiB
	MaxHops int // URIs of one path; 32
	Piece   int // bytes of content that are passed on at a time; 32 KiB
}

// SetDefaults fills the fields that are zero.
func (l *Limits) SetDefaults() {
	for _, x := range []struct {
		field *int
		value int
	}{{&l.MaxHead, 8 << 10}, {&l.MaxHops, 32}, {&l.Piece, 32 << 10}} {
		if *x.field <= 0 {
			*x.field = x.value
		}
	}
}

// Cutter cuts one frame off a buffer that grows. It looks at no byte twice, but for the few
// that an end-line may begin with.
type Cutter struct {
	Limits

	line    int    // where the header line begins that is not complete yet
	first   int    // length of the first line with its CRLF; 0: not there yet
	head    int    // length of first line and header with the empty line, if there is one
	content bool   // an empty line ended the header
	end     []byte // CRLF and end-line without its flag, once the first line is there
	scanned int    // bytes in which no end begins
}

const (
	dashes  = "-------"
	flagEnd = 3 // flag and CRLF
)

// Cut looks for a frame at the start of b, which holds what the last call had and more. It gives
// none until the frame is complete, or its content longer than a piece: then the frame's
// flag is More, and CutContent takes off what follows. Size is what the frame takes of b.
func (c *Cutter) Cut(b []byte) (f *Frame, size int, err error) {
	if c.head == 0 {
		if err := c.findHead(b); err != nil {
			return nil, 0, err
		}
	}
	switch {
	case c.head == 0:
		return nil, 0, nil
	case !c.content:
		return c.cutEmpty(b)
	}
	from := c.head - 2 // an empty content has no CRLF of its own before the end-line
	data, size, flag, err := c.CutContent(b[from:])
	if err != nil || flag == More && len(data) < c.Piece {
		return nil, 0, err
	}
	return c.frame(b[:from+size], flag)
}

// findHead looks for the end of the header line by line.
func (c *Cutter) findHead(b []byte) error {
	for {
		window := b[c.line:]
		at := bytes.Index(window, crlf)
		if at < 0 {
			if len(b) >= c.MaxHead {
				return ErrHeadTooLong
			}
			return nil
		}
		if err := c.headLine(window[:at]); err != nil {
			return err
		}
		if c.head > 0 {
			return nil
		}
		c.line += at + 2
		if c.line > c.MaxHead {
			return ErrHeadTooLong
		}
	}
}

var crlf = []byte("\r\n")

// headLine looks at one whole line.
func (c *Cutter) headLine(line []byte) error {
	switch {
	case c.first == 0:
		return c.firstLine(line)
	case len(line) == 0:
		c.head, c.content = c.line+2, true
	case bytes.HasPrefix(line, c.end[2:]):
		if len(line) != len(c.end)-2+1 || !isFlag(line[len(line)-1]) {
			return ErrEndLine
		}
		c.head = c.line
	case bytes.HasPrefix(line, []byte(dashes)):
		return ErrEndLine
	case bytes.IndexByte(line, ':') <= 0, bytes.IndexByte(line, 0) >= 0, bytes.IndexByte(line, '\n') >= 0:
		return ErrHeader
	}
	return nil
}

func (c *Cutter) firstLine(line []byte) error {
	var f Frame
	if err := f.firstLine(string(line)); err != nil {
		return err
	}
	c.first = len(line) + 2
	c.end = append(append(c.end[:0], "\r\n"+dashes...), f.ID...)
	return nil
}

// cutEmpty gives a frame without content: the end-line follows the header.
func (c *Cutter) cutEmpty(b []byte) (*Frame, int, error) {
	size := c.head + len(c.end) - 2 + flagEnd
	return c.frame(b[:size], Flag(b[size-flagEnd]))
}

// CutContent looks for the end-line. Data is content that is certain, size what it and the
// end-line, if it is there, take of b.
func (c *Cutter) CutContent(b []byte) (data []byte, size int, flag Flag, err error) {
	at := bytes.Index(b[c.scanned:], c.end)
	if at < 0 {
		c.scanned = max(0, len(b)-len(c.end)+1)
		return b[:c.scanned], c.scanned, More, nil
	}
	at += c.scanned
	rest := b[at+len(c.end):]
	switch {
	case len(rest) > 0 && !isFlag(rest[0]), len(rest) > 1 && rest[1] != '\r', len(rest) > 2 && rest[2] != '\n':
		return nil, 0, More, ErrEndLine
	case len(rest) < flagEnd:
		c.scanned = at
		return b[:at], at, More, nil
	}
	return b[:at], at + len(c.end) + flagEnd, Flag(rest[0]), nil
}

// Took tells that n bytes of content have been taken off the front of what CutContent was given.
func (c *Cutter) Took(n int) { c.scanned = max(0, c.scanned-n) }

// frame makes the one copy of the bytes and reads them.
func (c *Cutter) frame(b []byte, flag Flag) (*Frame, int, error) {
	f := &Frame{Raw: string(b), Flag: flag, Content: c.content}
	head := f.Raw[c.first:c.head]
	if c.content {
		f.Head = head[:len(head)-2]
		f.Body = f.Raw[c.head:max(c.head, c.bodyEnd(f))]
	} else {
		f.Head = head
	}
	if err := f.firstLine(f.Raw[:c.first-2]); err != nil {
		return nil, 0, err
	}
	if err := f.paths(); err != nil {
		return nil, 0, err
	}
	return f, len(b), nil
}

func (c *Cutter) bodyEnd(f *Frame) int {
	if f.Flag == More {
		return len(f.Raw)
	}
	return len(f.Raw) - flagEnd - len(c.end)
}
