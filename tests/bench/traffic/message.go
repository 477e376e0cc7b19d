package traffic

import "bytes"

// message is what the two sides look at: parts of the bytes that came, valid while those are.
type message struct {
	code         int    // of a reply; 0 for a request
	method       []byte // of a request, or that in a reply's CSeq
	uri          []byte // of a request
	vias         [][]byte
	recordRoutes [][]byte
	from, to     []byte
	callID       []byte
	cseq         []byte
	contact      []byte
}

var version = []byte("SIP/2.0 ")

// read takes a message apart. It reuses the lists of the last one.
func (m *message) read(data []byte) bool {
	*m = message{vias: m.vias[:0], recordRoutes: m.recordRoutes[:0]}
	first, rest, ok := bytes.Cut(data, []byte("\r\n"))
	if !ok {
		return false
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		m.header(line)
	}
	return m.start(first) && len(m.callID) > 0
}

// start reads the first line, once the headers are known.
func (m *message) start(line []byte) bool {
	if after, ok := bytes.CutPrefix(line, version); ok && len(after) >= 3 {
		m.code = number(after[:3])
		_, m.method, _ = bytes.Cut(m.cseq, []byte(" "))
		return m.code > 0
	}
	m.method, line, _ = bytes.Cut(line, []byte(" "))
	m.uri, _, _ = bytes.Cut(line, []byte(" "))
	return len(m.uri) > 0
}

func (m *message) header(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimSpace(value)
	switch string(bytes.ToLower(name)) {
	case "via":
		m.vias = append(m.vias, value)
	case "record-route":
		m.recordRoutes = append(m.recordRoutes, value)
	case "from":
		m.from = value
	case "to":
		m.to = value
	case "call-id":
		m.callID = value
	case "cseq":
		m.cseq = value
	case "contact":
		m.contact = value
	}
}

// number is the value of the digits that a text starts with, or -1.
func number(text []byte) int {
	n, i := 0, 0
	for ; i < len(text) && i < 9 && text[i] >= '0' && text[i] <= '9'; i++ {
		n = n*10 + int(text[i]-'0')
	}
	if i == 0 {
		return -1
	}
	return n
}
