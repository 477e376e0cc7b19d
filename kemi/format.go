package kemi

import (
	"fmt"
	"strings"
)

// Format is a text with variables in it, as the xlog functions take it. It never changes,
// so every shard may use it.
type Format struct {
	text  string
	parts []formatPart
	err   error
}

// formatPart is a literal and the variable after it (nil at the end).
type formatPart struct {
	text string
	v    *Variable
}

// Format compiles a text with variables; $$ is a dollar sign. The result is kept, so that
// asking again costs a lookup. A dollar sign that begins no known variable is an error.
func (r *Registry) Format(text string) (*Format, error) {
	f := r.pv.formats.get(text, r.compileFormat)
	return f, f.err
}

func (r *Registry) compileFormat(text string) *Format {
	f := &Format{text: text}
	for rest := text; rest != ""; {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			f.parts = append(f.parts, formatPart{text: rest})
			break
		}
		v, n, err := r.compile(rest[at:])
		if err != nil {
			f.err = fmt.Errorf("format %q: %w", text, err)
			return f
		}
		f.parts = append(f.parts, formatPart{rest[:at], v})
		rest = rest[at+n:]
	}
	return f
}

// String is the text as it was written.
func (f *Format) String() string { return f.text }

// Constant tells that the text holds no variables.
func (f *Format) Constant() bool {
	return len(f.parts) == 0 || len(f.parts) == 1 && f.parts[0].v == nil
}

// Append appends the text with the variables' present values; null ones are "<null>".
func (f *Format) Append(dst []byte, c *Ctx) []byte {
	for i := range f.parts {
		p := &f.parts[i]
		dst = append(dst, p.text...)
		if p.v == nil {
			continue
		}
		if x := p.v.Get(c); x.IsNull() {
			dst = append(dst, p.v.absence()...)
		} else {
			dst = x.AppendText(dst)
		}
	}
	return dst
}

// Text is the text with the variables' present values. It allocates only if there are any
// besides a single one.
func (f *Format) Text(c *Ctx) string {
	switch {
	case len(f.parts) == 0:
		return ""
	case len(f.parts) > 1 || f.parts[0].text != "" && f.parts[0].v != nil:
		return string(f.Append(make([]byte, 0, 2*len(f.text)), c))
	case f.parts[0].v == nil:
		return f.parts[0].text
	}
	x := f.parts[0].v.Get(c)
	if x.IsNull() {
		return f.parts[0].v.absence()
	}
	return x.Text()
}

// absence is what a text shows for a null value. A transformation of nothing shows
// nothing, as in the incumbent.
func (v *Variable) absence() string {
	if len(v.chain) > 0 {
		return ""
	}
	return NullText
}

// NullText is how texts show a variable without a value.
const NullText = "<null>"
