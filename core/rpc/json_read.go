package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxDepth bounds how deep a request or a reply may nest, in both protocols.
const maxDepth = 64

// parseJSON reads the first JSON value of the text; what follows it is ignored.
// Objects become *Struct, so that the order of parameters is kept. As Kamailio does it takes
// line ends and other control characters in strings, which kamctl ping sends.
func parseJSON(text []byte) (Value, error) {
	d := json.NewDecoder(bytes.NewReader(escapeControls(text)))
	d.UseNumber()
	v, err := readJSON(d, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return v, nil
}

// escapeControls gives the text with the control characters in its strings escaped.
func escapeControls(text []byte) []byte {
	var out []byte // begun at the first of them
	inString, escaped := false, false
	for i, c := range text {
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		case inString && c < ' ':
			if out == nil {
				out = append(make([]byte, 0, len(text)+64), text[:i]...)
			}
			out = fmt.Appendf(out, "\\u%04x", c)
			continue
		}
		if out != nil {
			out = append(out, c)
		}
	}
	if out == nil {
		return text
	}
	return out
}

func readJSON(d *json.Decoder, depth int) (Value, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, errors.New("nested too deep")
	}
	switch t := t.(type) {
	case json.Number:
		return jsonNumber(t), nil
	case json.Delim:
		if t == '{' {
			return readObject(d, depth)
		}
		return readArray(d, depth)
	}
	return t, nil
}

func readObject(d *json.Decoder, depth int) (Value, error) {
	s := &Struct{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		s.members = append(s.members, member{name.(string), v})
	}
	_, err := d.Token()
	return s, err
}

func readArray(d *json.Decoder, depth int) (Value, error) {
	l := &List{}
	for d.More() {
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		l.members = append(l.members, member{"", v})
	}
	_, err := d.Token()
	return l, err
}

// jsonNumber keeps integers exact as long as they fit.
func jsonNumber(n json.Number) Value {
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return math.Inf(1)
	}
	return f
}

// jsonRequest is a JSON-RPC request as far as its fields could be read.
type jsonRequest struct {
	id       Value // nil when the request has none
	version  Value
	method   Value
	params   []Value
	replyTo  string // reply_name of a request over FIFO
	isObject bool
}

// parseRequest reads a request. Any JSON value is one, though only an object can be run.
func parseRequest(text []byte) (*jsonRequest, error) {
	v, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	req := &jsonRequest{}
	obj, ok := v.(*Struct)
	if !ok {
		return req, nil
	}
	req.isObject = true
	req.version, req.method = obj.fold("jsonrpc"), obj.fold("method")
	req.id = requestID(obj)
	req.params = paramList(obj.fold("params"))
	req.replyTo, _ = obj.fold("reply_name").(string)
	return req, nil
}

// fold is the first member with that name in any spelling of its letters.
func (s *Struct) fold(name string) Value {
	for _, m := range s.members {
		if strings.EqualFold(m.name, name) {
			return m.value
		}
	}
	return nil
}

// requestID is the id to send back. As with Kamailio, an id that is neither a string nor a
// number comes back as the number it reads as; a missing one is left out.
func requestID(obj *Struct) Value {
	for _, m := range obj.members {
		if !strings.EqualFold(m.name, "id") {
			continue
		}
		switch v := m.value.(type) {
		case string, int64, float64:
			return v
		default:
			return truncate(looseNumber(v))
		}
	}
	return nil
}

// paramList flattens params: an object's values count in their order, names do not matter.
func paramList(v Value) []Value {
	var members []member
	switch p := v.(type) {
	case *Struct:
		members = p.members
	case *List:
		members = p.members
	}
	out := make([]Value, len(members))
	for i, m := range members {
		out[i] = m.value
	}
	return out
}
