package scenarios

import (
	"fmt"
	"regexp"
	"strings"
)

// symbols replaces values that a server makes up. Peers make theirs with a mark that tells them apart.
type symbols struct {
	seen  map[string]string
	count map[string]int
}

func newSymbols() *symbols { return &symbols{seen: map[string]string{}, count: map[string]int{}} }

// peerMark begins the values that peers make.
const peerMark = "peer."

// madeUp finds such values: kind, text before, value.
var madeUp = []struct {
	kind string
	re   *regexp.Regexp
}{
	{"B", regexp.MustCompile(`(;branch=z9hG4bK)([^;,\s]+)`)},
	{"T", regexp.MustCompile(`(;tag=)([^;,\s]+)`)},
	{"T", regexp.MustCompile(`(;ftag=)([^;,\s>]+)`)},
	{"C", regexp.MustCompile(`(?m)(^Call-ID: )(\S+)`)},
}

// hidden are values that tell nothing about behaviour.
var hidden = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`;i=[0-9a-f]+`), ""}, // the incumbent's number of a connection in Via
	{regexp.MustCompile(`(?m)^(Server|User-Agent): .*\n`), ""},
	{regexp.MustCompile(`"(cell|tindex|tlabel|lifetime|ref_count|tflags|id|label)": ?("[^"]*"|\d+)`), `"$1": *`},
}

// clean makes a text comparable.
func (s *symbols) clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, h := range hidden {
		text = h.re.ReplaceAllString(text, h.to)
	}
	for _, m := range madeUp {
		text = m.re.ReplaceAllStringFunc(text, func(found string) string {
			parts := m.re.FindStringSubmatch(found)
			return parts[1] + s.symbol(m.kind, parts[2])
		})
	}
	return places.Replace(text)
}

// symbol is the name of a value; a value that a peer made, or that a script or case chose, stays.
func (s *symbols) symbol(kind, value string) string {
	if strings.Contains(value, peerMark) {
		return value
	}
	key := kind + value
	if s.seen[key] == "" {
		s.count[kind]++
		s.seen[key] = fmt.Sprintf("{%s%d}", kind, s.count[kind])
	}
	return s.seen[key]
}
