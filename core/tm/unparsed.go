package tm

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// appendUnparsed writes an ACK or CANCEL whose headers are those of the INVITE as it was received
// (reparse_invite=0), in the incumbent's order; sent is the INVITE as it left.
func (b *Branch) appendUnparsed(dst []byte, sent *sip.Message, method string, reply *route.Message, extra string) []byte {
	received := b.t.Request()
	dst = sip.AppendRequestLine(dst, method, sent.RequestURI)
	dst = appendFirst(dst, sent, sip.HdrVia)
	dst = appendFirst(dst, received.Message, sip.HdrFrom)
	dst = appendFirst(dst, received.Message, sip.HdrCallID)
	if to := received.First(sip.HdrTo); to != nil {
		dst = appendTo(dst, received.Message, to, reply)
	}
	dst = appendCSeq(dst, sent, method)
	for h := sent.First(sip.HdrRoute); h != nil; h = sent.Next(h) {
		if line := sent.Raw[h.Start:h.End]; strings.Contains(received.Raw, line) {
			dst = append(dst, line...)
		}
	}
	dst = append(dst, "Max-Forwards: 70\r\nContent-Length: 0\r\n"...)
	dst = append(dst, extra...)
	return append(dst, "\r\n"...)
}

func appendFirst(dst []byte, m *sip.Message, kind sip.HeaderType) []byte {
	if h := m.First(kind); h != nil {
		dst = append(dst, m.Raw[h.Start:h.End]...)
	}
	return dst
}
