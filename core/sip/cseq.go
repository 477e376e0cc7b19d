package sip

// CSeq is the sequence header (RFC 3261 20.16).
type CSeq struct {
	Number     uint32
	Method     Method
	NumberText string // as written
	MethodName string // as written
}

// ParseCSeq reads the value of a CSeq header. With ErrNumber the texts are filled all the same, since scripts may see
// a number that is out of range. RFC 3261 8.1.1.5 asks for less than 2^31; peers that go on to 2^32-1 are accepted.
func ParseCSeq(s string) (CSeq, error) {
	s = trim(s)
	i := 0
	for i < len(s) && !isBlank(s[i]) {
		i++
	}
	c := CSeq{NumberText: s[:i], MethodName: trimLeft(s[i:])}
	method := ParseMethod(c.MethodName)
	if method == MethodOther && !isToken(c.MethodName) {
		return c, ErrCSeq
	}
	c.Method = method
	var err error
	c.Number, err = parseUint(c.NumberText, 1<<32-1)
	return c, err
}

// CSeq gives the parsed CSeq header, and sets Method of a reply. The pointer is never nil; see ParseCSeq for errors.
func (m *Message) CSeq() (*CSeq, error) {
	if m.cseq.done {
		return &m.cseq.value, m.cseq.err
	}
	m.cseq = lazy[CSeq]{done: true, err: ErrMissing}
	if h := m.First(HdrCSeq); h != nil {
		m.cseq.value, m.cseq.err = ParseCSeq(h.Value)
	}
	if !m.IsRequest {
		m.Method = m.cseq.value.Method
	}
	return &m.cseq.value, m.cseq.err
}
