package flood

import (
	"bytes"
	"strconv"
)

// texts writes the messages of a caller and a callee.
type texts struct {
	to             string // whom the calls are for: a URI
	caller, callee string // their addresses
}

// request is one of a call: its number, the value of its To, and what names its transaction.
type request struct {
	method, uri string
	n           int
	branch      string // the method that the branch is made of; that of an INVITE for the ACK of a refusal
	cseq        string
	route       []byte // value of Route, or none
	to          []byte // value of To
}

func (t *texts) invite(dst []byte, n int) []byte {
	return t.append(dst, request{method: "INVITE", uri: t.to, n: n, branch: "INVITE", cseq: "1", to: []byte("<" + t.to + ">")})
}

// refused acknowledges a final reply that is no 2xx: Request-URI and branch are those of the INVITE (RFC 3261 17.1.1.3).
func (t *texts) refused(dst []byte, n int, to []byte) []byte {
	return t.append(dst, request{method: "ACK", uri: t.to, n: n, branch: "INVITE", cseq: "1", to: to})
}

func (t *texts) ack(dst []byte, n int, to, route []byte) []byte {
	return t.append(dst, request{method: "ACK", uri: "sip:b@" + t.callee, n: n, branch: "ACK", cseq: "1", to: to, route: route})
}

func (t *texts) bye(dst []byte, n int, to, route []byte) []byte {
	return t.append(dst, request{method: "BYE", uri: "sip:b@" + t.callee, n: n, branch: "BYE", cseq: "2", to: to, route: route})
}

func (t *texts) append(dst []byte, r request) []byte {
	dst = append(dst, r.method...)
	dst = append(dst, ' ')
	dst = append(dst, r.uri...)
	dst = append(dst, " SIP/2.0\r\nVia: SIP/2.0/UDP "...)
	dst = append(dst, t.caller...)
	dst = append(dst, ";branch=z9hG4bK"...)
	dst = append(dst, r.branch...)
	dst = strconv.AppendInt(dst, int64(r.n), 10)
	dst = append(dst, "\r\nMax-Forwards: 70\r\n"...)
	if len(r.route) > 0 {
		dst = append(dst, "Route: "...)
		dst = append(dst, r.route...)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, "From: <sip:a@example.com>;tag=a"...)
	dst = strconv.AppendInt(dst, int64(r.n), 10)
	dst = append(dst, "\r\nTo: "...)
	dst = append(dst, r.to...)
	dst = append(dst, "\r\nCall-ID: "...)
	dst = strconv.AppendInt(dst, int64(r.n), 10)
	dst = append(dst, "\r\nCSeq: "...)
	dst = append(dst, r.cseq...)
	dst = append(dst, ' ')
	dst = append(dst, r.method...)
	dst = append(dst, "\r\nContact: <sip:a@"...)
	dst = append(dst, t.caller...)
	return append(dst, ">\r\nContent-Length: 0\r\n\r\n"...)
}

// ok is the callee's answer to a request.
func (t *texts) ok(dst, req []byte) []byte {
	dst = append(dst, "SIP/2.0 200 OK\r\n"...)
	for rest := req; len(rest) > 2; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		line := rest[:end+1]
		rest = rest[end+1:]
		switch name, _, _ := bytes.Cut(line, []byte(":")); string(name) {
		case "Via", "From", "Call-ID", "CSeq", "Record-Route":
			dst = append(dst, line...)
		case "To":
			dst = append(dst, bytes.TrimRight(line, "\r\n")...)
			if !bytes.Contains(line, []byte(";tag=")) {
				dst = append(dst, ";tag=callee"...)
			}
			dst = append(dst, "\r\n"...)
		}
	}
	dst = append(dst, "Contact: <sip:b@"...)
	dst = append(dst, t.callee...)
	return append(dst, ">\r\nContent-Length: 0\r\n\r\n"...)
}

// header is the value of a message's first header of a name, as the server writes it.
func header(text []byte, name string) []byte {
	at := bytes.Index(text, []byte("\r\n"+name+": "))
	if at < 0 {
		return nil
	}
	value, _, _ := bytes.Cut(text[at+len(name)+4:], []byte("\r\n"))
	return value
}

// number is the number that a text is.
func number(text []byte) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' || n > 1<<40 {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}
