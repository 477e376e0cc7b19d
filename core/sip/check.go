package sip

import "errors"

// ErrRepeated says that a header that may stand once comes a second time.
var ErrRepeated = errors.New("sip: repeated header")

// once are the headers that may not come twice.
var once = [hdrCount]bool{
	HdrFrom: true, HdrTo: true, HdrCallID: true, HdrCSeq: true, HdrMaxForwards: true, HdrContentLength: true, HdrRetryAfter: true,
}

// Repeats tells whether a header that may stand once comes a second time.
func (m *Message) Repeats() bool { return m.repeated > 0 }

// Check reports what keeps a message from everybody who would look closer at it: From, To, Call-ID or CSeq is missing, the
// top Via, To or CSeq breaks its grammar, or a header that may stand once is repeated among the first ones. The incumbent
// drops the same messages before the script; a From that cannot be read is left to the script.
func (m *Message) Check() error {
	if err := m.checkFirst(); err != nil {
		return err
	}
	if _, err := m.CSeq(); err != nil && err != ErrNumber {
		return err
	}
	to, err := m.To()
	if err != nil {
		return err
	}
	if to.unsound || to.Raw[len(to.Raw)-1] == ';' {
		return ErrNameAddr
	}
	return m.checkVia()
}

// checkFirst looks at the headers up to the last one that every message needs.
func (m *Message) checkFirst() error {
	last := uint16(0)
	for _, t := range [...]HeaderType{HdrFrom, HdrTo, HdrCallID, HdrCSeq} {
		if m.first[t] == 0 {
			return ErrMissing
		}
		last = max(last, m.first[t])
	}
	if m.repeated > 0 && m.repeated <= last {
		return ErrRepeated
	}
	return nil
}

func (m *Message) checkVia() error {
	via, err := m.TopVia()
	switch {
	case err != nil:
		return err
	case via.Version != "2.0" || !EqualFold(via.Protocol, "SIP"):
		return ErrVia
	case via.unsound || via.hasBranch && via.Branch == "":
		return ErrVia
	}
	return nil
}
