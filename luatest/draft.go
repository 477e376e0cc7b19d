package luatest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// draft is a message that is being written: a start line, headers in order, a body.
type draft struct {
	start  string
	fields []field
	body   string
}

// field is one header line.
type field struct{ name, value string }

func (d *draft) add(name, value string) { d.fields = append(d.fields, field{name, value}) }

// set gives a header one value, in the place of those that it had.
func (d *draft) set(name, value string) {
	i := slices.IndexFunc(d.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
	if i < 0 {
		d.add(name, value)
		return
	}
	d.remove(name)
	d.fields = slices.Insert(d.fields, i, field{name, value})
}

func (d *draft) remove(name string) {
	d.fields = slices.DeleteFunc(d.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// apply puts in what a test wants to have otherwise.
func (d *draft) apply(o *options) {
	if o == nil {
		return
	}
	for _, h := range o.headers {
		switch {
		case h.absent:
			d.remove(h.name)
		case len(h.values) == 1 && !h.more:
			d.set(h.name, h.values[0])
		default:
			if !h.more {
				d.remove(h.name)
			}
			for _, v := range h.values {
				d.add(h.name, v)
			}
		}
	}
	if o.body != "" {
		d.body = o.body
		if o.contentType != "" || !d.has("Content-Type") {
			d.set("Content-Type", cmp.Or(o.contentType, "text/plain"))
		}
	}
}

func (d *draft) has(name string) bool {
	return slices.ContainsFunc(d.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
}

// text is the message as it goes out, with the length of its body.
func (d *draft) text() string {
	var b strings.Builder
	b.WriteString(d.start + "\r\n")
	for _, f := range d.fields {
		b.WriteString(f.name + ": " + f.value + "\r\n")
	}
	if !d.has("Content-Length") {
		b.WriteString("Content-Length: " + strconv.Itoa(len(d.body)) + "\r\n")
	}
	return b.String() + "\r\n" + d.body
}

// options are what a test says of a message that it has sent, or of how long it waits.
type options struct {
	headers     []header
	body        string
	contentType string

	from, to, contact, uri, callID string
	user, password                 string
	reason                         string
	expires                        int
	hasExpires                     bool
	expect                         string // the reply that a registration is to get; "": 2xx
}

// header is a header that a test wants.
type header struct {
	name   string
	values []string
	more   bool // beside those that are there: it was written as a line
	absent bool
}

// rawText makes a message that was typed into a test one of the wire: lines end with CRLF, and
// a missing Content-Length is filled in.
func rawText(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	text = strings.TrimLeft(text, "\r\n")
	head, body, ok := strings.Cut(text, "\r\n\r\n")
	if !ok {
		head, body = strings.TrimRight(text, "\r\n"), ""
	}
	if !strings.Contains(strings.ToLower(head), "\r\ncontent-length:") && !strings.Contains(strings.ToLower(head), "\r\nl:") {
		head += "\r\nContent-Length: " + strconv.Itoa(len(body))
	}
	return head + "\r\n\r\n" + body
}
