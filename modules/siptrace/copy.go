package siptrace

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/hep"
	"github.com/moonroute/moonroute/core/sip"
)

// address is one end of a message's way.
type address struct {
	proto flow.Proto
	addr  netip.AddrPort
}

// String is "udp:192.0.2.1:5060".
func (a address) String() string { return a.proto.String() + ":" + a.addr.String() }

// parseAddress reads "udp:192.0.2.1:5060".
func parseAddress(text string) (a address, ok bool) {
	a.proto, a.addr, ok = flow.ParseAddress(text)
	return a, ok && a.proto != flow.None
}

// record is a copy of one message. Its texts are its own.
type record struct {
	time           time.Time
	from, to       address
	out            bool
	text           string
	callID, method string
	status         string
	fromTag, toTag string
	target
}

// target is what the script chose for a copy.
type target struct {
	collector   *collector // nil: that of duplicate_uri
	correlation string     // empty: the Call-ID
	user, table string     // of the row; table empty: the parameter's
}

// newRecord reads a message for its copy; ok is false for what is no SIP.
func (s *state) newRecord(text string, way flow.Flow, out bool, t target) (*record, *sip.Message, bool) {
	m, err := sip.Parse(text)
	if err != nil || m.CallID() == "" {
		return nil, nil, false
	}
	r := &record{time: s.server.Clock.Now(), out: out, text: text, callID: m.CallID(), target: t}
	r.method = m.MethodName
	if !m.IsRequest {
		r.status = strconv.Itoa(m.Status)
		if c, err := m.CSeq(); err == nil {
			r.method = c.MethodName
		}
	}
	r.fromTag, r.toTag = tag(m.From), tag(m.To)
	here, peer := s.here(way), address{way.Proto, way.Remote}
	if r.from, r.to = peer, here; out {
		r.from, r.to = here, peer
	}
	return r, m, true
}

func tag(header func() (*sip.NameAddr, error)) string {
	a, err := header()
	if err != nil {
		return ""
	}
	value, _ := a.Param("tag")
	return value
}

// here is the server's own address in copies.
func (s *state) here(way flow.Flow) address {
	if at, ok := parseAddress(s.localIP); ok {
		return at
	}
	if way.Local == nil {
		return address{proto: way.Proto}
	}
	return address{way.Proto, way.Local.Addr}
}

// emit sends a copy where it shall go, and counts it if that is anywhere.
func (s *state) emit(r *record, collect, store bool) {
	c := r.collector
	if c == nil && collect {
		c = s.collector
	}
	store = store && s.db != nil
	if c == nil && !store {
		return
	}
	if r.status == "" {
		s.requests.Add(1)
	} else {
		s.replies.Add(1)
	}
	if c != nil && !c.send(s.packet(r)) {
		s.dropped.Add(1)
	}
	if store && s.db.Later(s.row(r)) != nil {
		s.dropped.Add(1)
	}
}

// packet is the copy as it goes to a capture server.
func (s *state) packet(r *record) []byte {
	if s.hepOn == 0 {
		return []byte(s.withXHeaders(r))
	}
	p := hep.Packet{Proto: r.from.proto, Source: r.from.addr, Dest: r.to.addr, Time: r.time, Capture: uint32(s.captureID), Key: s.authKey,
		Correlation: cmp.Or(r.correlation, r.callID), Payload: r.text}
	return p.Append(nil, s.hepVersion)
}

// withXHeaders adds the headers that carry what a HEP packet would, at the end of the message's own.
func (s *state) withXHeaders(r *record) string {
	end := strings.Index(r.text, "\r\n\r\n")
	if s.xheaders == 0 || end < 0 {
		return r.text
	}
	return fmt.Sprintf("%s\r\nX-Siptrace-Fromip: %s\r\nX-Siptrace-Toip: %s\r\nX-Siptrace-Time: %d %d\r\nX-Siptrace-Method: %s\r\nX-Siptrace-Dir: %s%s",
		r.text[:end], r.from, r.to, r.time.Unix(), r.time.Nanosecond()/1000, r.method, r.direction(), r.text[end:])
}

func (r *record) direction() string {
	if r.out {
		return "out"
	}
	return "in"
}

// row is the copy in the table. Parts that are too long are cut.
func (s *state) row(r *record) db.Write {
	table := s.table
	if r.table != "" {
		table = r.table
	}
	values := [columns]any{
		colTime: r.time, colCallID: r.callID, colUser: r.user, colMessage: r.text, colMethod: r.method, colStatus: r.status,
		colFrom: r.from.String(), colTo: r.to.String(), colFromTag: r.fromTag, colToTag: r.toTag, colDirection: r.direction(),
	}
	cols := make([]db.Col, 0, columns+1)
	for i, v := range values {
		cols = append(cols, db.Col{Name: s.columns[i], Value: v})
	}
	cols = append(cols, db.Col{Name: "time_us", Value: r.time.Nanosecond() / 1000})
	return db.InsertCut(table, cols...)
}
