package sip

import "strconv"

// AppendRequestLine writes a request line.
func AppendRequestLine(b []byte, method, uri string) []byte {
	b = append(append(b, method...), ' ')
	b = append(b, uri...)
	return append(b, " SIP/2.0\r\n"...)
}

// AppendStatusLine writes a status line. An empty reason stands for the standard one.
func AppendStatusLine(b []byte, status int, reason string) []byte {
	if reason == "" {
		reason = ReasonPhrase(status)
	}
	b = append(b, "SIP/2.0 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(append(b, ' '), reason...)
	return append(b, '\r', '\n')
}

// AppendHeader writes one header field.
func AppendHeader(b []byte, name, value string) []byte {
	b = append(append(b, name...), ':', ' ')
	return append(append(b, value...), '\r', '\n')
}

// AppendIntHeader writes one header field with a number.
func AppendIntHeader(b []byte, name string, value int) []byte {
	b = append(append(b, name...), ':', ' ')
	return append(strconv.AppendInt(b, int64(value), 10), '\r', '\n')
}

// AppendCSeq writes a CSeq header field.
func AppendCSeq(b []byte, number uint32, method string) []byte {
	b = strconv.AppendUint(append(b, "CSeq: "...), uint64(number), 10)
	return append(append(append(b, ' '), method...), '\r', '\n')
}

// AppendBody writes the Content-Length header field, the blank line and the body, which end a message.
func AppendBody(b []byte, body string) []byte {
	b = AppendIntHeader(b, "Content-Length", len(body))
	return append(append(b, '\r', '\n'), body...)
}
