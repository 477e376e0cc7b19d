package textopsx

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// element is one of the values that commas separate in a header, by its places in the message.
type element struct {
	header     *sip.Header
	first      bool // of its header
	last       bool // of its header
	from, to   int  // between the commas; a comma that ends the header is part of the last element
	start, end int  // the same without blanks and commas around it
}

// elements gives the values of all headers of a target. A header without a value has one empty element.
func elements(m *sip.Message, t *target) (list []element) {
	for _, h := range t.headers(m) {
		list = appendElements(list, m, h)
	}
	return list
}

func appendElements(list []element, m *sip.Message, h *sip.Header) []element {
	from, limit := valuePlace(m, h)
	begin := len(list)
	for {
		e := element{header: h, first: len(list) == begin, from: from, to: from + separator(m.Raw[from:limit], ',')}
		e.start, e.end = trimPlace(m.Raw, e.from, e.to)
		if e.to+1 == limit {
			e.to = limit
		}
		e.last = e.to == limit
		list = append(list, e)
		if e.last {
			return list
		}
		from = e.to + 1
	}
}

// valuePlace is where a header's value begins and ends. An empty one lies before the line end.
func valuePlace(m *sip.Message, h *sip.Header) (from, to int) {
	if h.Value != "" {
		from = m.Offset(h.Value)
		return from, from + len(h.Value)
	}
	end := len(strings.TrimRight(m.Raw[h.Start:h.End], "\r\n"))
	return h.Start + end, h.Start + end
}

// separator gives the place of the next separator that is neither quoted nor in angle brackets, or the length of s.
func separator(s string, sep byte) int {
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '<', b == '>':
			angle = b == '<'
		case b == sep && !angle:
			return i
		}
	}
	return len(s)
}

// trimPlace leaves the blanks at both ends of a part out.
func trimPlace(raw string, from, to int) (start, end int) {
	for from < to && blank(raw[from]) {
		from++
	}
	for to > from && blank(raw[to-1]) {
		to--
	}
	return from, to
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// param is a parameter of an element, by its places in the message.
type param struct {
	semicolon  int // before it
	nameEnd    int
	value, end int // the value with its quotes; value is 0 if there is none
}

// findParam gives the parameter of a name.
func (e *element) findParam(raw, name string) (p param, ok bool) {
	at := e.start + separator(raw[e.start:e.end], ';')
	for at < e.end {
		next := at + 1 + separator(raw[at+1:e.end], ';')
		p = param{semicolon: at}
		p.read(raw, at+1, next)
		start, _ := trimPlace(raw, at+1, next)
		if sip.EqualFold(raw[start:max(start, p.nameEnd)], name) {
			return p, true
		}
		at = next
	}
	return param{}, false
}

// read finds name and value between two places.
func (p *param) read(raw string, from, to int) {
	equals := from + separator(raw[from:to], '=')
	_, p.nameEnd = trimPlace(raw, from, equals)
	p.end = p.nameEnd
	if equals < to {
		p.value, p.end = trimPlace(raw, equals+1, to)
	}
}
