package inproc

import (
	"fmt"
	"strings"
)

// Request makes a request with all that RFC 3261 8.1.1 asks for. Headers ("Name: value") replace the default
// ones of the same name or are added.
func (p *Peer) Request(method, uri string, headers ...string) string {
	p.sent++
	id := fmt.Sprintf("%d-%d", p.Addr.Port(), p.sent)
	lines := []string{
		fmt.Sprintf("Via: SIP/2.0/UDP %v;branch=z9hG4bK%s", p.Addr, id),
		"Max-Forwards: 70",
		"From: <sip:caller@example.test>;tag=" + id,
		"To: <" + uri + ">",
		"Call-ID: " + id,
		"CSeq: 1 " + method,
		fmt.Sprintf("Contact: <sip:caller@%v>", p.Addr),
		"Content-Length: 0",
	}
	for _, h := range headers {
		lines = replaceOrAdd(lines, h)
	}
	return method + " " + uri + " SIP/2.0\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func replaceOrAdd(lines []string, header string) []string {
	name, _, _ := strings.Cut(header, ":")
	for i, line := range lines {
		if strings.HasPrefix(line, name+":") {
			lines[i] = header
			return lines
		}
	}
	return append(lines, header)
}

// Reply makes the reply to a request that came. A final or early reply gets a To tag.
func Reply(request string, status int, reason string, headers ...string) string {
	lines := []string{fmt.Sprintf("SIP/2.0 %d %s", status, reason)}
	for line := range strings.SplitSeq(request, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "Via", "Record-Route", "From", "Call-ID", "CSeq":
			lines = append(lines, line)
		case "To":
			if status > 100 && !strings.Contains(value, ";tag=") {
				line += ";tag=callee"
			}
			lines = append(lines, line)
		}
	}
	lines = append(lines, headers...)
	return strings.Join(append(lines, "Content-Length: 0"), "\r\n") + "\r\n\r\n"
}

// StartLine is the first line of a message.
func StartLine(message string) string {
	line, _, _ := strings.Cut(message, "\r\n")
	return line
}

// Header is the value of the first header with that name, or empty.
func Header(message, name string) string {
	for line := range strings.SplitSeq(message, "\r\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}
