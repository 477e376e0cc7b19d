package msrp

import "strings"

// appendHop writes the paths as they leave this hop.
func (f *Frame) appendHop(dst []byte) []byte {
	own, to := f.To.First()
	return appendPaths(dst, to, f.From, own)
}

// otherHeaders are the header lines behind the paths.
func (f *Frame) otherHeaders() string {
	rest := f.Head
	for range 2 {
		_, rest, _ = strings.Cut(rest, "\r\n")
	}
	return rest
}

// withoutRange gives header lines but for Byte-Range.
func withoutRange(lines string) string {
	const name = "Byte-Range:"
	var b strings.Builder
	for lines != "" {
		line, rest, _ := strings.Cut(lines, "\r\n")
		if len(line) < len(name) || !strings.EqualFold(line[:len(name)], name) {
			b.WriteString(line)
			b.WriteString("\r\n")
		}
		lines = rest
	}
	return b.String()
}
