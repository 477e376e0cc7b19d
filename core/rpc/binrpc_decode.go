package rpc

import (
	"bytes"
	"fmt"
)

// binReader reads the records of a body.
type binReader struct{ rest []byte }

// values reads all records up to the end of the body.
func (r *binReader) values() ([]Value, error) {
	var out []Value
	for len(r.rest) > 0 {
		v, err := r.value(0)
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (r *binReader) value(depth int) (Value, error) {
	if len(r.rest) == 0 || depth > maxDepth {
		return nil, errRecord("it ends or nests too deep")
	}
	head := r.rest[0]
	kind := head & 0x0F
	if kind == recStruct || kind == recArray {
		r.rest = r.rest[1:]
		return r.container(head, depth)
	}
	content, err := r.content()
	if err != nil {
		return nil, err
	}
	switch kind {
	case recInt:
		return binInt(content), nil
	case recDouble:
		return float64(binInt(content)) / 1000, nil
	case recString:
		return cString(content), nil
	case recBytes:
		return bytes.Clone(content), nil
	}
	return nil, errRecord(fmt.Sprintf("kind %d has no place here", kind))
}

// container reads the members of a struct or an array up to its end mark.
func (r *binReader) container(head byte, depth int) (Value, error) {
	if head&recFlag != 0 {
		return nil, errRecord("it ends what did not begin")
	}
	var members []member
	end := recFlag | head&0x0F
	for {
		if len(r.rest) == 0 {
			return nil, errRecord("a struct or array has no end")
		}
		if r.rest[0]&(recFlag|0x0F) == end {
			r.rest = r.rest[1:]
			return wrap(head, members), nil
		}
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, v})
	}
}

func wrap(head byte, members []member) Value {
	if head&0x0F == recArray {
		return &List{members}
	}
	return &Struct{members}
}

// name reads the name that may stand before a value.
func (r *binReader) name() (string, error) {
	if r.rest[0]&0x0F != recName {
		return "", nil
	}
	content, err := r.content()
	return cString(content), err
}

// content takes one record's content out of the body.
func (r *binReader) content() ([]byte, error) {
	head := r.rest[0]
	r.rest = r.rest[1:]
	size := uint64(head >> 4 & 7)
	if head&recFlag != 0 {
		if uint64(len(r.rest)) < size || size > 4 {
			return nil, errRecord("a length is cut off")
		}
		length := bigEndian(r.rest[:size])
		r.rest = r.rest[size:]
		size = length
	}
	if uint64(len(r.rest)) < size {
		return nil, errRecord("a value is cut off")
	}
	content := r.rest[:size]
	r.rest = r.rest[size:]
	return content, nil
}

// binInt reads an integer: four bytes are signed, fewer are not, and of more the lowest
// four count, as everywhere this protocol is spoken.
func binInt(b []byte) int64 {
	n := bigEndian(b)
	if len(b) >= 4 {
		return int64(int32(n))
	}
	return int64(n)
}

// cString is the text before the closing zero.
func cString(b []byte) string {
	if end := bytes.IndexByte(b, 0); end >= 0 {
		b = b[:end]
	}
	return string(b)
}

func errRecord(why string) error { return fmt.Errorf("%w: bad record, %s", ErrMalformed, why) }
