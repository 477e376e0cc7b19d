package sip

// maxBody bounds Content-Length, so that no sum with it can overflow.
const maxBody = 1<<31 - 1

// ContentLength gives the Content-Length header in bytes; ok says whether there is one. Two that differ are an error:
// each side of a proxy could believe another one.
func (m *Message) ContentLength() (n int, ok bool, err error) {
	if !m.contentLength.done {
		m.contentLength.done = true
		m.contentLength.value, m.contentLength.err = m.readContentLength()
	}
	return m.contentLength.value, m.First(HdrContentLength) != nil, m.contentLength.err
}

func (m *Message) readContentLength() (int, error) {
	h := m.First(HdrContentLength)
	if h == nil {
		return 0, nil
	}
	n, err := parseUint(trimRight(h.Value), maxBody)
	if !m.Repeats() {
		return int(n), err
	}
	for h = m.Next(h); h != nil && err == nil; h = m.Next(h) {
		other, _ := parseUint(trimRight(h.Value), maxBody)
		if other != n {
			err = ErrNumber
		}
	}
	return int(n), err
}

// MaxForwards gives the Max-Forwards header; ok says whether there is one. The highest value is 255 (RFC 3261 20.22).
func (m *Message) MaxForwards() (n int, ok bool, err error) { return m.number(HdrMaxForwards, 255) }

// Expires gives the Expires header in seconds; ok says whether there is one.
func (m *Message) Expires() (seconds int, ok bool, err error) { return m.number(HdrExpires, 1<<31-1) }

// MinExpires gives the Min-Expires header in seconds; ok says whether there is one.
func (m *Message) MinExpires() (seconds int, ok bool, err error) {
	return m.number(HdrMinExpires, 1<<31-1)
}

// number reads the first header of a type as a number.
func (m *Message) number(t HeaderType, max uint32) (int, bool, error) {
	h := m.First(t)
	if h == nil {
		return 0, false, nil
	}
	n, err := parseUint(trimRight(h.Value), max)
	return int(n), true, err
}
