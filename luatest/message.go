package luatest

import (
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// message is what came to a peer, or what it sent.
type message struct {
	*sip.Message
	at   time.Duration // since the world began
	flow flow.Flow     // the way it came
}

// title is what a message is called in reports: its method and URI, or its status.
func (m *message) title() string {
	if m.IsRequest {
		return m.MethodName + " " + m.RequestURI
	}
	text := strings.TrimSpace(strconv.Itoa(m.Status) + " " + m.Reason)
	if cseq, err := m.CSeq(); err == nil {
		text += " (" + cseq.MethodName + ")"
	}
	return text
}

// values are the values of a header, in order.
func (m *message) values(name string) (list []string) {
	for h := m.Find(name); h != nil; h = m.Next(h) {
		list = append(list, h.Value)
	}
	return list
}

// first is the first value of a header, or "".
func (m *message) first(name string) string {
	if h := m.Find(name); h != nil {
		return h.Value
	}
	return ""
}

// method is the method of a request, or of the request that a reply is for.
func (m *message) method() string {
	if m.IsRequest {
		return m.MethodName
	}
	if cseq, err := m.CSeq(); err == nil {
		return cseq.MethodName
	}
	return ""
}

// branch is that of the top Via, or "".
func (m *message) branch() string {
	if via, err := m.TopVia(); err == nil {
		return via.Branch
	}
	return ""
}

// tag is the tag of a From or To value, or "".
func tag(value string) string {
	a, _, err := sip.ParseNameAddr(value)
	if err != nil {
		return ""
	}
	return a.Tag
}

// uriOf is the URI of a header value such as a Contact or Route.
func uriOf(value string) string {
	a, _, err := sip.ParseNameAddr(value)
	if err != nil {
		return ""
	}
	return a.URIText
}

// list splits the values of a header with several addresses.
func (m *message) list(name string) (all []string) {
	for _, line := range m.values(name) {
		depth, start := false, 0
		for i := range len(line) {
			switch line[i] {
			case '<', '>':
				depth = line[i] == '<'
			case ',':
				if !depth {
					all = append(all, strings.TrimSpace(line[start:i]))
					start = i + 1
				}
			}
		}
		all = append(all, strings.TrimSpace(line[start:]))
	}
	return all
}
