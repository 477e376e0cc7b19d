package scenarios

import (
	"strings"
)

// Message is a SIP message as text, in the parts that the steps need.
type Message struct {
	Start   string
	Headers []string // lines
	Body    string
	TCP     bool
}

// ParseMessage splits a received message.
func ParseMessage(raw string, tcp bool) *Message {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	return &Message{Start: lines[0], Headers: lines[1:], Body: body, TCP: tcp}
}

func (m *Message) String() string {
	return m.Start + "\r\n" + strings.Join(m.Headers, "\r\n") + "\r\n\r\n" + m.Body
}

// Is tells whether the message is what words ask for: a method, or a code and perhaps the method replied to.
func (m *Message) Is(words []string) bool {
	first := strings.Fields(m.Start)
	if m.isReply() {
		return len(first) > 1 && first[1] == words[0] && (len(words) < 2 || m.Method() == words[1])
	}
	return first[0] == words[0]
}

func (m *Message) isReply() bool { return strings.HasPrefix(m.Start, "SIP/2.0 ") }

// Method is the method of the CSeq.
func (m *Message) Method() string {
	_, method, _ := strings.Cut(m.Get("CSeq"), " ")
	return method
}

// final tells whether it is a final reply.
func (m *Message) final() bool { return m.isReply() && m.Start[8] != '1' }

func (m *Message) success() bool { return m.isReply() && m.Start[8] == '2' }

// Get is the value of the first header of a name.
func (m *Message) Get(name string) string {
	for _, line := range m.Headers {
		if value, found := cutName(line, name); found {
			return value
		}
	}
	return ""
}

// All are the lines of the headers of the given names, in their order.
func (m *Message) All(names ...string) []string {
	var lines []string
	for _, line := range m.Headers {
		for _, name := range names {
			if _, found := cutName(line, name); found {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// Set replaces the headers of the line's name, or adds the line; a line without a value takes them away. "Body" is the body.
func (m *Message) Set(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if name == "Body" {
		m.Body = value + "\r\n"
		return
	}
	var kept []string
	done := value == ""
	for _, old := range m.Headers {
		if _, same := cutName(old, name); !same {
			kept = append(kept, old)
		} else if !done {
			kept, done = append(kept, line), true
		}
	}
	if !done {
		kept = append(kept, line)
	}
	m.Headers = kept
}

// Add applies the lines of a step; "+Name: value" adds a header beside those of its name.
func (m *Message) Add(lines []string) {
	for _, line := range lines {
		if more, found := strings.CutPrefix(line, "+"); found {
			m.Headers = append(m.Headers, more)
			continue
		}
		m.Set(line)
	}
}

func cutName(line, name string) (value string, found bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !strings.EqualFold(line[:len(name)], name) {
		return "", false
	}
	return strings.TrimSpace(line[len(name)+1:]), true
}

// angle is the URI between < and >.
func angle(value string) string {
	_, rest, _ := strings.Cut(value, "<")
	uri, _, _ := strings.Cut(rest, ">")
	return uri
}
