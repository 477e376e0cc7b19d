package luatest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checks are what a test wants of a message besides its method or status.
type checks struct {
	headers []header // no values: it must be there
	uri     string
	reason  string
	body    string
	within  time.Duration
}

// expectRequest takes the next request that has come to the peer. An empty method is any.
func (x *peer) expectRequest(method string, c *checks) (*request, error) {
	if err := x.w.await(c.within, func() bool { return len(x.requests) > x.taken }); err != nil {
		return nil, err
	}
	if len(x.requests) == x.taken {
		return nil, x.w.nothing(fmt.Sprintf("%s got no %s%s", x.name, cmp.Or(method, "request"), in(c.within)))
	}
	r := x.requests[x.taken]
	if method != "" && r.method() != method {
		return nil, mismatch(fmt.Sprintf("%s got %s, not %s", x.name, r.title(), method), c.wanted(method+" *", r.message), r.message)
	}
	x.taken++
	return r, c.of(fmt.Sprintf("the %s that %s got is not as expected", r.method(), x.name), r.message)
}

// expectReply takes the next reply, past 100s unless one is asked for. Code is "486", "4xx" or "" for any final one.
func (e *exchange) expectReply(code string, c *checks) (*message, error) {
	if e.sends != nil {
		return nil, e.sends
	}
	var got *message
	find := func() bool {
		for ; got == nil && e.taken < len(e.replies); e.taken++ {
			if m := e.replies[e.taken]; !e.passes(code, m) {
				got = m
			}
		}
		return got != nil
	}
	if err := e.peer.w.await(c.within, find); err != nil {
		return nil, err
	}
	if got == nil {
		return nil, e.peer.w.nothing(fmt.Sprintf("%s got no %s reply to its %s%s", e.peer.name, cmp.Or(code, "final"), e.method, in(c.within)))
	}
	if !codeFits(code, got.Status) {
		return nil, mismatch(fmt.Sprintf("%s got %s for its %s, not %s", e.peer.name, got.title(), e.method, cmp.Or(code, "a final reply")), c.wanted("SIP/2.0 "+cmp.Or(strings.ReplaceAll(code, "x", "*"), "*")+" *", got), got)
	}
	return got, c.of(fmt.Sprintf("the %d that %s got is not as expected", got.Status, e.peer.name), got)
}

// passes tells whether a reply is passed over: a 100 that nobody asked for, a provisional one where a final one is wanted.
func (e *exchange) passes(code string, m *message) bool {
	switch {
	case m.Status == 100:
		return !codeFits(code, 100) || code == ""
	case code == "":
		return m.Status < 200
	}
	return false
}

// codeFits tells whether a status is "486" or one of "4xx". An empty code is any.
func codeFits(code string, status int) bool {
	text := strconv.Itoa(status)
	if len(code) == 3 && strings.HasSuffix(code, "xx") {
		return text[0] == code[0]
	}
	return code == "" || code == text
}

func in(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " within " + d.String()
}

// nothing is the failure of a message that has not come: what did pass shows why.
func (w *world) nothing(text string) error {
	detail := "what has passed:\n" + w.ladder()
	if list := w.logs.worth(); len(list) > 0 {
		detail += "\nthe server's log:\n" + strings.Join(list[max(0, len(list)-10):], "\n")
	}
	return &failure{text: text, detail: detail}
}

// mismatch is the failure of a message that is another one.
func mismatch(text, expected string, m *message) error {
	return &failure{text: text, detail: sideBySide(expected, m.Raw)}
}

// of compares a message with what is wanted of it.
func (c *checks) of(text string, m *message) error {
	want := c.wanted("", m)
	if fitsAll(want, m.Raw) {
		return nil
	}
	return mismatch(text, want, m)
}

// wanted is the message as it should be: what nothing is said about is as it is. An empty start is the message's own.
func (c *checks) wanted(start string, m *message) string {
	head, body, _ := strings.Cut(m.Raw, "\r\n\r\n")
	list := strings.Split(head, "\r\n")
	if start != "" {
		list[0] = start
	}
	if c.uri != "" && m.IsRequest {
		list[0] = cmp.Or(firstWord(start), m.MethodName) + " " + c.uri + " SIP/2.0"
	}
	if c.reason != "" && !m.IsRequest {
		list[0] = strings.Join(strings.Fields(cmp.Or(start, list[0]))[:2], " ") + " " + c.reason
	}
	fields := fieldsOf(list[1:])
	for _, h := range c.headers {
		fields = h.in(fields)
	}
	if c.body != "" {
		body = strings.ReplaceAll(c.body, "\n", "\r\n")
	}
	return list[0] + "\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n" + body
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// fieldsOf joins folded lines.
func fieldsOf(list []string) (fields []string) {
	for _, line := range list {
		if len(fields) > 0 && strings.IndexAny(line, " \t") == 0 {
			fields[len(fields)-1] += "\r\n" + line
			continue
		}
		fields = append(fields, line)
	}
	return fields
}

// in puts what is wanted of a header in place of what is there.
func (h *header) in(fields []string) []string {
	is := func(line string) bool {
		name, _, _ := strings.Cut(line, ":")
		return strings.EqualFold(strings.TrimSpace(name), h.name)
	}
	place := slices.IndexFunc(fields, is)
	switch {
	case h.absent:
		return slices.DeleteFunc(fields, is)
	case len(h.values) == 0 && place >= 0:
		return fields
	case len(h.values) == 0:
		return append(fields, h.name+": *")
	case len(h.values) == 1 && slices.ContainsFunc(fields, func(line string) bool { return is(line) && fits(h.line(fields, place), line) }):
		return fields // one of several has it
	}
	if place < 0 {
		place = len(fields)
	}
	var want []string
	for _, v := range h.values {
		want = append(want, (&header{name: h.name, values: []string{v}}).line(fields, place))
	}
	return slices.Concat(fields[:place], want, slices.DeleteFunc(slices.Clone(fields[place:]), is))
}

// line is the header as it should stand, with the name as the message writes it.
func (h *header) line(fields []string, place int) string {
	name := h.name + ": "
	if place >= 0 && place < len(fields) {
		if colon := strings.IndexByte(fields[place], ':'); strings.EqualFold(strings.TrimSpace(fields[place][:colon]), h.name) {
			rest := fields[place][colon+1:]
			name = fields[place][:colon+1] + rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
		}
	}
	return name + h.values[0]
}
