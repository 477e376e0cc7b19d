package msrp

import (
	"strconv"
)

// Append writes the frame again, with its header lines as they are. Parsing what it writes
// gives an equal frame.
func (f *Frame) Append(dst []byte) []byte {
	dst = f.appendFirstLine(dst, f.ID)
	dst = append(dst, f.Head...)
	if f.Content {
		dst = append(append(append(dst, "\r\n"...), f.Body...), "\r\n"...)
	}
	return appendEndLine(dst, f.ID, f.Flag)
}

func (f *Frame) appendFirstLine(dst []byte, id string) []byte {
	dst = append(append(append(dst, "MSRP "...), id...), ' ')
	if f.IsRequest() {
		return append(append(dst, f.Method...), "\r\n"...)
	}
	return appendStatus(dst, f.Code, f.Reason)
}

// appendStatus writes code and reason; without a reason there is no blank either.
func appendStatus(dst []byte, code int, reason string) []byte {
	dst = appendCode(dst, code)
	if reason != "" {
		dst = append(append(dst, ' '), reason...)
	}
	return append(dst, "\r\n"...)
}

// appendCode writes the three digits of a status code.
func appendCode(dst []byte, code int) []byte {
	for limit := 100; limit > 1 && code < limit; limit /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(code), 10)
}

func appendEndLine(dst []byte, id string, flag Flag) []byte {
	dst = append(append(append(dst, dashes...), id...), byte(flag))
	return append(dst, "\r\n"...)
}

func appendPaths(dst []byte, to, from Path, before string) []byte {
	dst = append(append(append(dst, "To-Path: "...), to...), "\r\nFrom-Path: "...)
	if before != "" {
		dst = append(append(dst, before...), ' ')
	}
	return append(append(dst, from...), "\r\n"...)
}

// AppendReply writes the reply to a request. Headers are whole lines, each with its CRLF.
// A SEND is answered to the hop that it came from, any other request all the way back
// (RFC 4975 7.2, RFC 4976 5.1).
func AppendReply(dst []byte, req *Frame, code int, reason, headers string) []byte {
	dst = append(append(append(dst, "MSRP "...), req.ID...), ' ')
	dst = appendStatus(dst, code, reason)
	to := req.From
	if req.Method == "SEND" {
		first, _ := req.From.First()
		to = Path(first)
	}
	own, _ := req.To.First()
	dst = appendPaths(dst, to, Path(own), "")
	if id := req.Header("Message-ID"); id != "" {
		dst = append(append(append(dst, "Message-ID: "...), id...), "\r\n"...)
	}
	dst = append(dst, headers...)
	return appendEndLine(dst, req.ID, Complete)
}
