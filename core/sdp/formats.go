package sdp

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
)

// Format gives the place of a payload type in the stream's list, as a part of Formats; empty if it is not there.
// Several ones with blanks between them are found where they stand side by side.
func (s *Stream) Format(id string) string {
	return findWord(s.Formats, id, ' ')
}

// HasFormat tells whether a payload type is in the list.
func (s *Stream) HasFormat(id string) bool { return s.Format(id) != "" }

// findWord finds a text between separators.
func findWord(list, word string, sep byte) string {
	if word == "" {
		return ""
	}
	for at := 0; ; at++ {
		i := strings.Index(list[at:], word)
		if i < 0 {
			return ""
		}
		at += i
		end := at + len(word)
		if (at == 0 || list[at-1] == sep) && (end == len(list) || list[end] == sep) {
			return list[at:end]
		}
	}
}

// mapped are the attributes that name the payload type they are about (RFC 4566 6, RFC 4585 4.2).
var mapped = []string{"a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"}

// AboutFormat tells whether a line is an attribute about a payload type.
func AboutFormat(line, id string) bool {
	for _, name := range mapped {
		if hasPrefixFold(line, name) {
			rest, ok := strings.CutPrefix(line[len(name):], id)
			return ok && strings.HasPrefix(rest, " ")
		}
	}
	return false
}

// FormatsNamed gives the payload types that rtpmap attributes of the description give an encoding name, in order.
func (d *Description) FormatsNamed(name string) (ids []string) {
	for i := range d.Streams {
		for line := range Lines(d.Streams[i].Text) {
			if id, encoding, ok := rtpmap(line); ok && sip.EqualFold(encoding, name) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// rtpmap reads a=rtpmap:<payload type> <encoding name>/<clock rate>….
func rtpmap(line string) (id, encoding string, ok bool) {
	if !hasPrefixFold(line, mapped[0]) {
		return "", "", false
	}
	id, encoding = cutWord(TrimEnd(line)[len(mapped[0]):])
	encoding, _, ok = strings.Cut(encoding, "/")
	return id, encoding, ok
}

// Active tells whether media may flow: the port is not 0 and the last direction attribute is not inactive.
func (s *Stream) Active() bool {
	if strings.Trim(s.Port, "0") == "" {
		return false
	}
	active := true
	for line := range Lines(s.Text) {
		switch {
		case hasPrefixFold(line, "a=inactive"):
			active = false
		case hasPrefixFold(line, "a=sendrecv"), hasPrefixFold(line, "a=sendonly"), hasPrefixFold(line, "a=recvonly"):
			active = true
		}
	}
	return active
}

// hasPrefixFold compares the beginning of a line: the type ("a=") as it is, what follows without regard to case.
func hasPrefixFold(line, prefix string) bool {
	return len(line) >= len(prefix) && line[:2] == prefix[:2] && sip.EqualFold(line[:len(prefix)], prefix)
}
