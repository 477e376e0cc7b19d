package rpc

import (
	"fmt"
	"math"
	"strconv"
)

// jsonWriter writes values as Kamailio's jsonrpcs does: compact, or with tabs as its
// pretty_format parameter asks for.
type jsonWriter struct {
	buf    []byte
	pretty bool
}

// value writes one value. The depth is that of the container it stands in.
func (w *jsonWriter) value(v Value, depth int) {
	switch v := v.(type) {
	case nil:
		w.buf = append(w.buf, "null"...)
	case string:
		w.text(v)
	case int64:
		w.buf = strconv.AppendInt(w.buf, v, 10)
	case float64:
		w.buf = appendFloat(w.buf, v)
	case bool:
		w.buf = strconv.AppendBool(w.buf, v)
	case *Struct:
		w.object(v.members, depth+1)
	case *List:
		w.array(v.members, depth)
	default:
		w.text(fmt.Sprint(v))
	}
}

func (w *jsonWriter) object(members []member, depth int) {
	w.buf = append(w.buf, '{')
	w.line()
	for i, m := range members {
		w.indent(depth)
		w.text(m.name)
		w.buf = append(w.buf, ':')
		if w.pretty {
			w.buf = append(w.buf, '\t')
		}
		w.value(m.value, depth)
		if i < len(members)-1 {
			w.buf = append(w.buf, ',')
		}
		w.line()
	}
	w.indent(depth - 1)
	w.buf = append(w.buf, '}')
}

// array writes entries that have a name as objects with that one member.
func (w *jsonWriter) array(members []member, depth int) {
	w.buf = append(w.buf, '[')
	for i, m := range members {
		if i > 0 {
			w.buf = append(w.buf, ',')
			if w.pretty {
				w.buf = append(w.buf, ' ')
			}
		}
		if m.name != "" {
			w.object([]member{m}, depth+2)
			continue
		}
		w.value(m.value, depth+1)
	}
	w.buf = append(w.buf, ']')
}

func (w *jsonWriter) line() {
	if w.pretty {
		w.buf = append(w.buf, '\n')
	}
}

func (w *jsonWriter) indent(depth int) {
	for i := 0; w.pretty && i < depth; i++ {
		w.buf = append(w.buf, '\t')
	}
}

// text writes a string. Bytes from 0x7f on pass as they are: SIP text is UTF-8, and what
// is not comes out as it came in.
func (w *jsonWriter) text(s string) {
	w.buf = append(w.buf, '"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if short := shortEscape(c); short != 0 {
			w.buf = append(w.buf, '\\', short)
			continue
		}
		if c < 0x20 {
			w.buf = append(w.buf, '\\', 'u', '0', '0', '0'+c>>4, hexDigits[c&0xF])
			continue
		}
		w.buf = append(w.buf, c)
	}
	w.buf = append(w.buf, '"')
}

const hexDigits = "0123456789abcdef"

func shortEscape(c byte) byte {
	switch c {
	case '"', '\\':
		return c
	case '\b':
		return 'b'
	case '\f':
		return 'f'
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	}
	return 0
}

// appendFloat writes a float the way clients of jsonrpcs know it: 2.500000, but 3 for 3.0,
// and with an exponent when it is very small or large.
func appendFloat(buf []byte, f float64) []byte {
	size := math.Abs(f)
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(buf, "null"...)
	case f == math.Trunc(f):
		return strconv.AppendFloat(buf, f, 'f', 0, 64)
	case size < 1e-6 || size > 1e9:
		return strconv.AppendFloat(buf, f, 'e', 6, 64)
	}
	return strconv.AppendFloat(buf, f, 'f', 6, 64)
}
