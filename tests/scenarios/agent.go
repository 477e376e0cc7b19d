package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// agent writes a peer's messages and remembers what they depend on.
type agent struct {
	name     string
	sent     *Message   // the last message
	requests int        // requests made, for values of their own
	invite   *Message   // the last INVITE sent
	answer   *Message   // the last final reply to it
	got      []*Message // requests that came, without ACKs
	dialog   *Message   // what the dialog was made by at the callee: his 2xx
}

// request is a request outside of a dialog.
func (a *agent) request(method, uri string, tcp bool) *Message {
	a.requests++
	id := peerMark + a.name + "." + strconv.Itoa(a.requests)
	return &Message{TCP: tcp, Start: method + " " + uri + " SIP/2.0", Headers: []string{
		a.via(tcp),
		"Max-Forwards: 70",
		"From: <sip:" + a.name + "@example.test>;tag=" + id,
		"To: <" + uri + ">",
		"Call-ID: " + id,
		"CSeq: 1 " + method,
		"Contact: <sip:" + a.name + "@" + place(a.name).String() + ">",
	}}
}

func (a *agent) via(tcp bool) string {
	transport := "UDP"
	if tcp {
		transport = "TCP"
	}
	return fmt.Sprintf("Via: SIP/2.0/%s %v;branch=z9hG4bK%s%s.%d", transport, place(a.name), peerMark, a.name, a.requests)
}

// follow is a request without a URI: ACK, CANCEL, or one within the dialog.
func (a *agent) follow(method string) (*Message, error) {
	switch {
	case a.invite == nil && a.dialog != nil:
		return a.calleeRequest(method), nil
	case a.invite == nil:
		return nil, fmt.Errorf("%s has sent no INVITE that %s could follow", a.name, method)
	case method == "CANCEL" || method == "ACK" && !a.answer.success():
		return a.hopRequest(method), nil
	}
	return a.callerRequest(method), nil
}

// hopRequest goes the way of the INVITE: CANCEL, and ACK for a negative reply.
func (a *agent) hopRequest(method string) *Message {
	m := &Message{Start: strings.Replace(a.invite.Start, "INVITE", method, 1), TCP: a.invite.TCP}
	m.Headers = append(m.Headers, a.invite.All("Via")[0])
	m.Headers = append(m.Headers, a.invite.All("Max-Forwards", "Route", "From", "Call-ID")...)
	to := a.invite
	if method == "ACK" {
		to = a.answer
	}
	m.Headers = append(m.Headers, to.All("To")...)
	m.Headers = append(m.Headers, "CSeq: "+number(a.invite, 0)+" "+method)
	return m
}

// callerRequest is a request of the caller within the dialog.
func (a *agent) callerRequest(method string) *Message {
	step := 1
	if method == "ACK" {
		step = 0
	}
	m := a.request(method, angle(a.answer.Get("Contact")), a.invite.TCP)
	for _, line := range append(a.invite.All("From", "Call-ID"), a.answer.All("To")...) {
		m.Set(line)
	}
	m.Set("CSeq: " + number(a.invite, step) + " " + method)
	routes := a.answer.All("Record-Route")
	slices.Reverse(routes)
	m.addRoutes(routes)
	return m
}

// calleeRequest is a request of the callee within the dialog that his 2xx made.
func (a *agent) calleeRequest(method string) *Message {
	invite := a.got[0]
	m := a.request(method, angle(invite.Get("Contact")), invite.TCP)
	m.Set("From: " + a.dialog.Get("To"))
	m.Set("To: " + invite.Get("From"))
	m.Set("Call-ID: " + invite.Get("Call-ID"))
	m.addRoutes(invite.All("Record-Route"))
	return m
}

func (m *Message) addRoutes(recorded []string) {
	for _, line := range recorded {
		m.Headers = append(m.Headers, strings.Replace(line, "Record-Route", "Route", 1))
	}
}

func number(m *Message, more int) string {
	first, _, _ := strings.Cut(m.Get("CSeq"), " ")
	n, _ := strconv.Atoi(first)
	return strconv.Itoa(n + more)
}

// reply answers the last request that came, or the last one of a method: words are the code, perhaps a method, perhaps a reason.
func (a *agent) reply(words []string) (*Message, *Message, error) {
	code, rest := words[0], words[1:]
	var to *Message
	for _, m := range slices.Backward(a.got) {
		if len(rest) == 0 || strings.ToUpper(rest[0]) != rest[0] || m.Method() == rest[0] {
			to = m
			break
		}
	}
	if to == nil {
		return nil, nil, fmt.Errorf("%s has no request to answer with %v", a.name, words)
	}
	if len(rest) > 0 && rest[0] == to.Method() {
		rest = rest[1:]
	}
	status, _ := strconv.Atoi(code)
	reason := strings.Join(rest, " ")
	if reason == "" {
		reason = sip.ReasonPhrase(status)
	}
	m := &Message{Start: "SIP/2.0 " + code + " " + reason, TCP: to.TCP}
	m.Headers = to.All("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
	if value := m.Get("To"); status > 100 && !strings.Contains(value, ";tag=") {
		m.Set("To: " + value + ";tag=" + peerMark + a.name)
	}
	if to.Method() == "INVITE" && status < 400 {
		m.Headers = append(m.Headers, "Contact: <sip:"+a.name+"@"+place(a.name).String()+">")
	}
	if to.Method() == "INVITE" && m.success() {
		a.dialog = m
	}
	return m, to, nil
}
