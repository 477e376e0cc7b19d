package sdp

import (
	"iter"
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// parts walks over the parts of a multipart body (RFC 2046 5.1.1), from the line after one boundary to the next boundary
// line. The closing boundary may be missing.
func parts(body, boundary string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if boundary == "" {
			return
		}
		delimiter := "--" + boundary
		start := -1
		for at := 0; at < len(body); {
			line := FirstLine(body[at:])
			isDelimiter := strings.HasPrefix(line, delimiter)
			if isDelimiter && start >= 0 && !yield(body[start:at]) {
				return
			}
			if isDelimiter {
				if strings.HasPrefix(line[len(delimiter):], "--") {
					return
				}
				start = at + len(line)
			}
			at += len(line)
		}
		if start >= 0 && start < len(body) {
			yield(body[start:])
		}
	}
}

// description gives what follows the header of a part whose type says that it is a session description.
func description(part string) (text string, ok bool) {
	for part != "" {
		line := FirstLine(part)
		part = part[len(line):]
		field := TrimEnd(line)
		if field == "" {
			return part, ok
		}
		name, value, _ := strings.Cut(field, ":")
		if sip.HeaderTypeOf(strings.TrimSpace(name)) == sip.HdrContentType {
			kind, _, _ := strings.Cut(value, ";")
			ok = sip.EqualFold(strings.TrimSpace(kind), "application/sdp")
		}
	}
	return "", false
}
