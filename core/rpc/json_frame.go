package rpc

import "iter"

// jsonFramer cuts a stream of bytes into JSON objects by counting their braces. What
// stands between objects is skipped.
type jsonFramer struct {
	limit    int
	buf      []byte
	depth    int
	inString bool
	escaped  bool
	skipping bool // the object is over the limit: only its end is looked for
}

// pending tells whether an object has begun.
func (f *jsonFramer) pending() bool { return f.depth > 0 }

// reset forgets what has begun.
func (f *jsonFramer) reset() { *f = jsonFramer{limit: f.limit, buf: f.buf[:0]} }

// feed takes the next bytes and yields the objects that end in them, valid until the next
// step; for one over the limit it yields ErrTooLarge.
func (f *jsonFramer) feed(data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, c := range data {
			if !f.take(c) {
				continue
			}
			object, err := f.buf, error(nil)
			if f.skipping {
				object, err = nil, ErrTooLarge
			}
			if !yield(object, err) {
				return
			}
			f.reset()
		}
	}
}

// take consumes one byte and tells whether an object ends with it.
func (f *jsonFramer) take(c byte) bool {
	if f.depth == 0 && c != '{' {
		return false
	}
	if len(f.buf) < f.limit {
		f.buf = append(f.buf, c)
	} else {
		f.skipping = true
	}
	if f.inString {
		f.takeInString(c)
		return false
	}
	switch c {
	case '"':
		f.inString = true
	case '{':
		f.depth++
	case '}':
		f.depth--
	}
	return f.depth == 0
}

func (f *jsonFramer) takeInString(c byte) {
	switch {
	case f.escaped:
		f.escaped = false
	case c == '\\':
		f.escaped = true
	case c == '"':
		f.inString = false
	}
}
