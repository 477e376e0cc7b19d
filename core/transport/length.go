package transport

import "bytes"

// contentLength reads the Content-Length of a header that ends in an empty line. A value that
// is not one plain number, or a second one, is an error: two readers of the stream could
// otherwise see different messages in it.
func contentLength(head []byte, limit int) (length int, found bool, err error) {
	for {
		_, rest, ok := bytes.Cut(head, []byte("\n"))
		if !ok {
			return length, found, nil
		}
		head = rest
		value, match := lengthField(head)
		if !match {
			continue
		}
		if found {
			return 0, false, ErrBadLength
		}
		found = true
		if length, err = lengthValue(value, limit); err != nil {
			return 0, false, err
		}
	}
}

// lengthField gives what follows the colon if the line is a Content-Length field or its
// compact form.
func lengthField(line []byte) (value []byte, ok bool) {
	const long = "content-length"
	switch {
	case len(line) > 0 && line[0]|0x20 == 'l':
		line = line[1:]
	case len(line) > len(long) && line[0]|0x20 == 'c' && bytes.EqualFold(line[:len(long)], []byte(long)):
		line = line[len(long):]
	default:
		return nil, false
	}
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 || line[0] != ':' {
		return nil, false
	}
	return line[1:], true
}

// lengthValue reads the number and sees that nothing else stands in the field.
func lengthValue(b []byte, limit int) (int, error) {
	b = skipLWS(b)
	n, digits := 0, 0
	for digits < len(b) && b[digits] >= '0' && b[digits] <= '9' {
		if n <= limit {
			n = 10*n + int(b[digits]-'0')
		}
		digits++
	}
	rest := bytes.TrimLeft(skipLWS(b[digits:]), "\r")
	switch {
	case digits == 0, len(rest) == 0, rest[0] != '\n':
		return 0, ErrBadLength
	case n > limit:
		return 0, ErrBodyTooLong
	}
	return n, nil
}

// skipLWS passes over blanks and folded line ends (RFC 3261 7.3.1).
func skipLWS(b []byte) []byte {
	for {
		b = bytes.TrimLeft(b, " \t")
		rest, ok := bytes.CutPrefix(b, []byte("\r\n"))
		if !ok {
			rest, ok = bytes.CutPrefix(b, []byte("\n"))
		}
		if !ok || len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
			return b
		}
		b = rest
	}
}
