package msilo

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
)

// offline is the request that delivers a message to its owner.
func (s *state) offline(m *message, headers string) *tm.LocalRequest {
	r := s.request(m, m.from)
	received := time.Unix(m.received, 0)
	r.Headers += "Date: " + received.UTC().Format(dateFormat) + "\r\n" + s.contentAndContact(m, m.from) + headers + m.headers
	if sip.EqualFold(m.contentType, plainText) {
		r.Body = s.dated("[Offline message - ", received, m.body)
	}
	return r
}

// reminding is the request that delivers a message as a reminder.
func (s *state) reminding(m *message) *tm.LocalRequest {
	r := s.request(m, s.reminder)
	r.Headers += s.contentAndContact(m, s.reminder)
	r.Body = s.dated("[Reminder message - ", time.Unix(m.sendAt, 0), m.body)
	return r
}

// request is what both have in common.
func (s *state) request(m *message, from string) *tm.LocalRequest {
	return &tm.LocalRequest{
		Method: sip.MethodMessage.String(), URI: m.to, NextHop: s.outboundProxy, CallID: s.callID(m),
		Headers: "From: <" + from + ">\r\nTo: <" + m.to + ">\r\n", Body: m.body,
	}
}

func (s *state) contentAndContact(m *message, from string) (lines string) {
	if m.contentType != "" {
		lines = "Content-Type: " + m.contentType + "\r\n"
	}
	if s.addContact != 0 {
		lines += "Contact: <" + from + ">;msilo=yes\r\n"
	}
	return lines
}

// The forms of a time in the Date header (RFC 3261 20.17) and before a body, in local time there.
const (
	dateFormat = "Mon, 02 Jan 2006 15:04:05 GMT"
	bodyFormat = time.ANSIC
)

// maxDated is the longest body with a time before it. A longer one is sent without, as by the incumbent.
const maxDated = 1023

func (s *state) dated(prefix string, at time.Time, body string) string {
	text := prefix + at.Format(bodyFormat) + "] " + body
	if s.addDate == 0 || len(text) > maxDated {
		return body
	}
	return text
}

// callID is the Call-ID under which a message is sent. It is the same each time, whichever server sends
// it: who gets a message twice, because a server died before it could note the answer, can tell by that.
func (s *state) callID(m *message) string {
	if s.useMode == 1 && m.callID != "" {
		return m.callID
	}
	h := fnv.New64a()
	for _, part := range [...]string{m.from, m.to, m.headers, m.body} {
		_, _ = h.Write([]byte(part)) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	id := make([]byte, 0, 48)
	id = strconv.AppendInt(append(id, "msilo-"...), m.id, 10)
	id = strconv.AppendInt(append(id, '-'), m.received, 36)
	return string(strconv.AppendUint(append(id, '-'), h.Sum64(), 36))
}
