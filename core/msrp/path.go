package msrp

import "strings"

// Path is the value of To-Path, From-Path or Use-Path: URIs with a blank between them, the nearest
// hop first.
type Path string

// First is the first URI, and the rest of the path.
func (p Path) First() (uri string, rest Path) {
	uri, after, _ := strings.Cut(strings.TrimLeft(string(p), " "), " ")
	return uri, Path(strings.TrimLeft(after, " "))
}

// Last is the last URI.
func (p Path) Last() string {
	s := strings.TrimRight(string(p), " ")
	return s[strings.LastIndexByte(s, ' ')+1:]
}

// Len is how many URIs the path has.
func (p Path) Len() (n int) {
	for p != "" {
		var uri string
		if uri, p = p.First(); uri != "" {
			n++
		}
	}
	return n
}
