package traffic

import (
	"fmt"
	"strconv"
	"strings"
)

// template is a message with lines that end as SIP wants it.
func template(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// The verbs: 1 user, 2 number of the operation, 3 transport, 4 own address, 5 mark of the run.
var (
	inviteText = template(`INVITE sip:%[1]s@bench.local SIP/2.0
Via: SIP/2.0/%[3]s %[4]s;branch=z9hG4bK-%[5]s-%[2]d-i
From: alice <sip:alice@bench.local>;tag=%[5]st%[2]d
To: bob <sip:%[1]s@bench.local>
Call-ID: %[2]d.%[5]s@bench
CSeq: 1 INVITE
Contact: <sip:alice@%[4]s;transport=%[3]s>
Max-Forwards: 70
User-Agent: bench
Subject: Performance Test
Content-Type: application/sdp
Content-Length: 130

`) + sessionText
	messageText = template(`MESSAGE sip:%[1]s@bench.local SIP/2.0
Via: SIP/2.0/%[3]s %[4]s;branch=z9hG4bK-%[5]s-%[2]d-m
From: alice <sip:alice@bench.local>;tag=%[5]st%[2]d
To: bob <sip:%[1]s@bench.local>
Call-ID: %[2]d.%[5]s@bench
CSeq: 1 MESSAGE
Max-Forwards: 70
User-Agent: bench
Content-Type: text/plain
Content-Length: 37

Hello bob, this is a message for you.`)
	optionsText = template(`OPTIONS sip:%[6]s SIP/2.0
Via: SIP/2.0/%[3]s %[4]s;branch=z9hG4bK-%[5]s-%[2]d-o
From: <sip:ping@bench.local>;tag=%[5]st%[2]d
To: <sip:%[6]s>
Call-ID: %[2]d.%[5]s@bench
CSeq: 1 OPTIONS
Max-Forwards: 70
User-Agent: bench
Content-Length: 0

`)
	registerText = template(`REGISTER sip:bench.local SIP/2.0
Via: SIP/2.0/%[3]s %[4]s;branch=z9hG4bK-%[5]s-%[2]d-r
From: <sip:%[1]s@bench.local>;tag=%[5]st%[2]d
To: <sip:%[1]s@bench.local>
Call-ID: %[2]d.%[5]s@bench
CSeq: 1 REGISTER
%[6]sMax-Forwards: 70
Expires: 3600
User-Agent: bench
Content-Length: 0

`)
	// The verbs of a request in a dialog: 1 method, 2 URI, 3 transport, 4 own address, 5 mark of
	// the run, 6 number, 7 To, 8 Route lines, 9 number in CSeq.
	dialogText = template(`%[1]s %[2]s SIP/2.0
Via: SIP/2.0/%[3]s %[4]s;branch=z9hG4bK-%[5]s-%[6]d-%[1]s
From: alice <sip:alice@bench.local>;tag=%[5]st%[6]d
To: %[7]s
%[8]sCall-ID: %[6]d.%[5]s@bench
CSeq: %[9]d %[1]s
Contact: <sip:alice@%[4]s;transport=%[3]s>
Max-Forwards: 70
Content-Length: 0

`)
	// sessionText is the offer of each call and its answer.
	sessionText = template(`v=0
o=user1 53655765 2353687637 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 40000 RTP/AVP 0
a=rtpmap:0 PCMU/8000
`)
)

// user is the name of the nth registered user.
func user(n int) string { return "u" + strconv.Itoa(n) }

// contacts are the Contact lines of one user, one for each branch: u7-0, u7-1 and so on at the callee.
func contacts(name string, branches int, callee, transport string) string {
	var b strings.Builder
	for i := range branches {
		fmt.Fprintf(&b, "Contact: <sip:%s-%d@%s;transport=%s>\r\n", name, i, callee, transport)
	}
	return b.String()
}

// dialogue is what requests of a call need after its 200.
type dialogue struct {
	uri, to, routes string
}

func newDialogue(ok *message) dialogue {
	d := dialogue{to: string(ok.to), uri: uriIn(ok.contact)}
	for i := len(ok.recordRoutes) - 1; i >= 0; i-- {
		d.routes += "Route: " + string(ok.recordRoutes[i]) + "\r\n"
	}
	return d
}

// uriIn is the URI between angle brackets.
func uriIn(value []byte) string {
	_, rest, _ := strings.Cut(string(value), "<")
	uri, _, _ := strings.Cut(rest, ">")
	return uri
}

// appendReply makes a reply to a request from the request's own lines. A tag is added to its To;
// the other lines and the body are those of the caller.
func appendReply(dst []byte, req *message, status, tag, more, body string) []byte {
	dst = append(append(append(dst, version...), status...), "\r\n"...)
	for _, via := range req.vias {
		dst = line(dst, "Via: ", via)
	}
	for _, route := range req.recordRoutes {
		dst = line(dst, "Record-Route: ", route)
	}
	dst = line(dst, "From: ", req.from)
	dst = append(append(dst, "To: "...), req.to...)
	if tag != "" {
		dst = append(append(dst, ";tag="...), tag...)
	}
	dst = append(dst, "\r\n"...)
	dst = line(dst, "Call-ID: ", req.callID)
	dst = line(dst, "CSeq: ", req.cseq)
	dst = append(dst, more...)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	return append(append(dst, "\r\n\r\n"...), body...)
}

func line(dst []byte, name string, value []byte) []byte {
	return append(append(append(dst, name...), value...), "\r\n"...)
}
