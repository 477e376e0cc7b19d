// Package sdp finds and reads session descriptions (RFC 4566) in the body of a SIP message. All parts are substrings of
// the message, so that their places in it are known and edits can name them.
package sdp

import (
	"errors"
	"strings"
)

// Errors of Parse and FromMessage.
var (
	ErrNoBody = errors.New("sdp: the message has no body")
	ErrType   = errors.New("sdp: the body is no session description")
	ErrSyntax = errors.New("sdp: bad session description")
)

// Description is what a message says of its session. A multipart body may hold several descriptions.
type Description struct {
	Text    string   // the description as received; the last one, if there are several
	Version string   // sess-version of the o= line in Text
	Family  int      // address family of the first c= line: 4 or 6; 0 without a description
	Streams []Stream // the media of all descriptions, in order
}

// Stream is one m= line and what belongs to it.
type Stream struct {
	Text      string // from the m= line to the end of the last line before the next one
	Media     string // "audio"
	Port      string // without the number of ports
	Transport string // "RTP/AVP"
	Formats   string // the payload types, as received
}

// Parse reads one description. It wants v=, o=, a c= line for each stream and at least one complete m= line.
func Parse(text string) (*Description, error) {
	d := new(Description)
	if err := d.add(text); err != nil {
		return nil, err
	}
	return d, nil
}

// add reads a further description.
func (d *Description) add(text string) error {
	if !strings.HasPrefix(text, "v=") {
		return ErrSyntax
	}
	session, media := cutMedia(text)
	if media == "" {
		return ErrSyntax
	}
	version, ok := originVersion(find(session, "o="))
	if !ok {
		return ErrSyntax
	}
	family, ok := connectionFamily(session)
	if !ok {
		return ErrSyntax
	}
	if d.Family == 0 {
		d.Family = family
	}
	d.Text, d.Version = text, version
	return d.addStreams(media, family != 0)
}

// addStreams reads the m= lines; connected tells that a c= line of the session stands for those that have none.
func (d *Description) addStreams(text string, connected bool) error {
	for text != "" {
		end := len(text)
		if next := nextMedia(text[len("m="):]); next >= 0 {
			end = next + len("m=")
		}
		s := Stream{Text: text[:end]}
		family, ok := connectionFamily(s.Text)
		if !ok || !s.parseLine() || family == 0 && !connected {
			return ErrSyntax
		}
		if d.Family == 0 {
			d.Family = family
		}
		d.Streams = append(d.Streams, s)
		text = text[end:]
	}
	return nil
}

// parseLine reads m=<media> <port> <proto> <fmt> ….
func (s *Stream) parseLine() bool {
	line := TrimEnd(FirstLine(s.Text))[len("m="):]
	s.Media, line = cutWord(line)
	s.Port, line = cutWord(line)
	s.Transport, line = cutWord(line)
	s.Port, _, _ = strings.Cut(s.Port, "/")
	s.Formats = strings.Trim(line, " ")
	return s.Formats != ""
}

// cutWord takes a word and the blanks around it.
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], strings.TrimLeft(s[i:], " ")
	}
	return s, ""
}

// cutMedia divides a description before its first m= line.
func cutMedia(text string) (session, media string) {
	if at := nextMedia(text); at >= 0 {
		return text[:at], text[at:]
	}
	return text, ""
}

// nextMedia gives the place of the next m= line behind the present line, or -1.
func nextMedia(text string) int {
	if at := strings.Index(text, "\nm="); at >= 0 {
		return at + 1
	}
	return -1
}

// originVersion reads o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>.
func originVersion(line string) (string, bool) {
	var fields [3]string
	rest := strings.TrimPrefix(TrimEnd(line), "o=")
	for i := range fields {
		fields[i], rest = cutWord(rest)
	}
	return fields[2], rest != ""
}

// connectionFamily gives the address family of the first c= line, 0 if there is none; ok is false for a bad one.
func connectionFamily(text string) (family int, ok bool) {
	line := TrimEnd(find(text, "c="))
	switch {
	case line == "":
		return 0, true
	case strings.HasPrefix(line, "c=IN IP4 "):
		return 4, true
	case strings.HasPrefix(line, "c=IN IP6 "):
		return 6, true
	}
	return 0, false
}

// find gives the first line that begins with a text, or "".
func find(text, prefix string) string {
	for line := range Lines(text) {
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
	return ""
}
