package sip

// TopVia gives the first Via value. The pointer is never nil.
func (m *Message) TopVia() (*Via, error) {
	m.readVias()
	return &m.via.value, m.via.err
}

// SecondVia gives the second Via value, of the same or the next Via header. The pointer is never nil.
func (m *Message) SecondVia() (*Via, error) {
	m.readVias()
	if m.nextVia == nil {
		m.nextVia = new(lazy[Via])
	}
	if !m.nextVia.done {
		m.nextVia.done = true
		m.nextVia.err = m.readSecondVia()
	}
	return &m.nextVia.value, m.nextVia.err
}

func (m *Message) readVias() {
	if m.via.done {
		return
	}
	m.via.done = true
	h := m.First(HdrVia)
	if h == nil {
		m.via.value, m.via.err = Via{}, ErrMissing
		return
	}
	_, m.via.err = m.via.value.parse(h.Value)
}

func (m *Message) readSecondVia() error {
	m.nextVia.value = Via{}
	if m.via.err != nil {
		return m.via.err
	}
	h := m.First(HdrVia)
	rest := afterComma(trimLeft(h.Value[m.via.value.lengthIn(h.Value):]))
	if rest == "" {
		if h = m.Next(h); h == nil {
			return ErrMissing
		}
		rest = h.Value
	}
	_, err := m.nextVia.value.parse(rest)
	return err
}

// lengthIn gives how much of a header value the first Via takes.
func (v *Via) lengthIn(value string) int {
	return len(value) - len(trimLeft(value)) + len(v.Raw)
}

// Vias walks over all Via values of a message, across headers and commas:
//
//	for vias := m.Vias(); vias.Next(); {
//		use(&vias.Via)
//	}
type Vias struct {
	Via    Via     // the present one, after Next returned true
	Header *Header // the header that holds it

	message *Message
	rest    string
	err     error
}

// Vias starts a walk over all Via values.
func (m *Message) Vias() Vias {
	v := Vias{message: m, Header: m.First(HdrVia)}
	if v.Header != nil {
		v.rest = v.Header.Value
	}
	return v
}

// Next steps to the next Via and reports whether there is one. It stops at a broken one: see Err.
func (v *Vias) Next() bool {
	for v.Header != nil && v.err == nil {
		if v.rest = trimLeft(v.rest); v.rest != "" {
			v.rest, v.err = v.Via.parse(v.rest)
			return v.err == nil
		}
		if v.Header = v.message.Next(v.Header); v.Header != nil {
			v.rest = v.Header.Value
		}
	}
	return false
}

// Err tells what stopped the walk, or nil if it came to its end.
func (v *Vias) Err() error { return v.err }
