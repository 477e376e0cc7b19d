package msrp

import "strings"

// Frame is one frame, or the first piece of a long one. What it holds are substrings of Raw.
type Frame struct {
	Raw    string // as it came
	ID     string // transaction id
	Method string // of a request; empty: a reply
	Code   int    // of a reply
	Reason string // of a reply; empty if it has none
	Head   string // header lines, each with its CRLF, without the empty line
	To     Path
	From   Path
	// Body is the content. Content tells whether there is any: an empty line ended the header.
	Body    string
	Content bool
	Flag    Flag
}

// Flag is the last character of an end-line (RFC 4975 7.1).
type Flag byte

// The flags.
const (
	More     Flag = 0   // the end-line has not come yet: Body is a part of the frame's content
	Complete Flag = '$' // the message ends here
	Partial  Flag = '+' // further chunks follow
	Aborted  Flag = '#' // the sender gave the message up
)

func isFlag(c byte) bool { return c == '$' || c == '+' || c == '#' }

// IsRequest tells requests from replies.
func (f *Frame) IsRequest() bool { return f.Method != "" }

// Header is the value of the first header of a name, in any case; empty if there is none.
func (f *Frame) Header(name string) string {
	for rest := f.Head; rest != ""; {
		line, after, _ := strings.Cut(rest, "\r\n")
		if len(line) > len(name) && line[len(name)] == ':' && strings.EqualFold(line[:len(name)], name) {
			return strings.Trim(line[len(name)+1:], " \t")
		}
		rest = after
	}
	return ""
}

// Session is the session-id of the URI that the frame came to: the first of To-Path.
func (f *Frame) Session() string {
	first, _ := f.To.First()
	u, err := ParseURI(first)
	if err != nil {
		return ""
	}
	return u.Session
}

// Range is the frame's Byte-Range; without one a frame carries a message from its first byte on.
func (f *Frame) Range() (ByteRange, error) {
	value := f.Header("Byte-Range")
	if value == "" {
		return wholeMessage, nil
	}
	return ParseByteRange(value)
}

// Reporting says which reports of failure the sender of a request wants (RFC 4975 7.1.2).
type Reporting uint8

// The values of Failure-Report.
const (
	ReportAll    Reporting = iota // "yes", or none given
	ReportErrors                  // "partial": not of a timeout
	ReportNone                    // "no"
)

// FailureReport is what Failure-Report asks for.
func (f *Frame) FailureReport() Reporting {
	switch value := f.Header("Failure-Report"); {
	case strings.EqualFold(value, "no"):
		return ReportNone
	case strings.EqualFold(value, "partial"):
		return ReportErrors
	}
	return ReportAll
}

// Check finds what is wrong with a request that was framed well: what deserves a 400.
func (f *Frame) Check(l *Limits) error {
	if f.To.Len() > l.MaxHops || f.From.Len() > l.MaxHops {
		return ErrTooLarge
	}
	for _, p := range []Path{f.To, f.From} {
		for p != "" {
			var uri string
			uri, p = p.First()
			if _, err := ParseURI(uri); err != nil {
				return err
			}
		}
	}
	_, err := f.Range()
	return err
}
