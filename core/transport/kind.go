package transport

import "bytes"

// Kind tells what a frame of a stream is, from its first line.
type Kind uint8

// The kinds of frames.
const (
	SIP  Kind = iota
	HTTP      // a request or reply with an HTTP version, for example for xhttp
	MSRP      // RFC 4975; framed by its own rules
	Ping      // CRLFCRLF, to be answered with CRLF (RFC 5626 4.4.1)
)

// kindOf looks at a first line. It is lenient: what has the shape of a request is taken, and the
// parser above says what is wrong with it.
func kindOf(line []byte) (Kind, error) {
	line = bytes.TrimRight(line, "\r\n")
	switch {
	case bytes.HasPrefix(line, []byte("SIP/")):
		return SIP, nil
	case bytes.HasPrefix(line, []byte("MSRP ")):
		return MSRP, nil
	case bytes.HasPrefix(line, []byte("HTTP/")):
		return HTTP, nil
	}
	method, rest, ok := bytes.Cut(line, []byte(" "))
	last := bytes.LastIndexByte(rest, ' ')
	if !ok || last <= 0 || !isToken(method) {
		return SIP, ErrGarbage
	}
	if bytes.HasPrefix(rest[last+1:], []byte("HTTP/")) {
		return HTTP, nil
	}
	return SIP, nil
}

func isToken(b []byte) bool {
	for _, c := range b {
		if !isTokenByte(c) {
			return false
		}
	}
	return len(b) > 0
}

// isTokenByte is RFC 3261's token.
func isTokenByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return bytes.IndexByte([]byte("-.!%*_+`'~"), c) >= 0
}
