package msrp

import (
	"strings"
)

// Parse reads one whole frame and nothing after it.
func Parse(raw string) (*Frame, error) {
	c := Cutter{Limits: Limits{MaxHead: len(raw) + 1, Piece: len(raw) + 1}}
	f, n, err := c.Cut([]byte(raw))
	switch {
	case err != nil:
		return nil, err
	case f == nil || n != len(raw):
		return nil, ErrEndLine
	}
	return f, nil
}

// firstLine reads "MSRP a786hjs2 SEND" or "MSRP a786hjs2 200 OK".
func (f *Frame) firstLine(line string) error {
	rest, ok := strings.CutPrefix(line, "MSRP ")
	if !ok {
		return ErrFirstLine
	}
	id, rest, _ := strings.Cut(rest, " ")
	if !isIdent(id) {
		return ErrFirstLine
	}
	f.ID = id
	word, reason, _ := strings.Cut(rest, " ")
	if code, ok := statusCode(word); ok {
		f.Code, f.Reason = code, reason
		return nil
	}
	f.Method = rest
	if !isMethod(rest) {
		return ErrFirstLine
	}
	return nil
}

// maxIdent is the length of the longest transaction id (RFC 4975 9).
const maxIdent = 32

// isIdent is RFC 4975's ident, but for its least length: the incumbent takes shorter ones.
func isIdent(s string) bool {
	if s == "" || len(s) > maxIdent || !isAlphanumeric(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && strings.IndexByte(".-+%=", s[i]) < 0 {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func statusCode(s string) (int, bool) {
	if len(s) != 3 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// maxMethod bounds what no method is as long as.
const maxMethod = 32

func isMethod(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxMethod
}

// paths reads To-Path and From-Path, which come first and in this order (RFC 4975 7.1).
func (f *Frame) paths() error {
	to, rest, _ := strings.Cut(f.Head, "\r\n")
	from, _, _ := strings.Cut(rest, "\r\n")
	f.To, f.From = pathValue(to, "To-Path:"), pathValue(from, "From-Path:")
	if f.To == "" || f.From == "" {
		return ErrPath
	}
	return nil
}

func pathValue(line, name string) Path {
	if len(line) < len(name) || !strings.EqualFold(line[:len(name)], name) {
		return ""
	}
	return Path(strings.Trim(line[len(name):], " "))
}
