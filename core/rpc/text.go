package rpc

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteText prints values for people, in kamcmd's form: one line for each plain value, and
// structs in braces with their members indented by tabs.
func WriteText(w io.Writer, values []Value) error {
	var b strings.Builder
	for _, v := range values {
		writeMember(&b, member{value: v}, 0)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON prints one value as JSON, indented.
func WriteJSON(w io.Writer, v Value) error {
	out := jsonWriter{pretty: true}
	out.value(normal(v), 0)
	_, err := w.Write(append(out.buf, '\n'))
	return err
}

// ParseParam reads a parameter as people type it for kamcmd: a decimal number is a number,
// unless it starts with "s:", and everything else is a string.
func ParseParam(s string) Value {
	if text, ok := strings.CutPrefix(s, "s:"); ok {
		return text
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if strings.Trim(s, "+-.0123456789") == "" {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	}
	return s
}

func writeMember(b *strings.Builder, m member, depth int) {
	indent := strings.Repeat("\t", depth)
	b.WriteString(indent)
	if m.name != "" {
		b.WriteString(m.name + ": ")
	}
	var inner []member
	switch v := m.value.(type) {
	case *Struct:
		inner = v.members
	case *List:
		inner = v.members
	case float64:
		b.WriteString(strconv.FormatFloat(v, 'f', 6, 64) + "\n")
		return
	default:
		fmt.Fprintf(b, "%v\n", v)
		return
	}
	b.WriteString("{\n")
	for _, sub := range inner {
		writeMember(b, sub, depth+1)
	}
	b.WriteString(indent + "}\n")
}
