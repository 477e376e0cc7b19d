package sip

import "errors"

// Errors of the message parser. They carry no detail, so that a flood of broken packets costs no allocation.
var (
	// ErrNotSIP says that the text does not begin with a SIP or HTTP start line.
	ErrNotSIP = errors.New("sip: not a SIP message")
	// ErrStartLine says that the start line is a SIP one but breaks its grammar.
	ErrStartLine = errors.New("sip: malformed start line")
	// ErrVersion says that the protocol version is not supported. The headers are parsed all the same, for a 505.
	ErrVersion = errors.New("sip: unsupported protocol version")
	// ErrHeader says that a header line has no name or no colon.
	ErrHeader = errors.New("sip: malformed header line")
	// ErrTooManyHeaders says that a message has more than MaxHeaders headers.
	ErrTooManyHeaders = errors.New("sip: too many headers")
	// ErrNoEnd says that the text ends within a header line.
	ErrNoEnd = errors.New("sip: text ends within a header")
)

// Errors of the header and URI parsers.
var (
	// ErrMissing says that the message has no such header.
	ErrMissing = errors.New("sip: header is missing")
	// ErrNumber says that a number has other characters than digits, or is out of its range.
	ErrNumber = errors.New("sip: malformed number")
	// ErrCSeq says that a CSeq has no method.
	ErrCSeq = errors.New("sip: malformed CSeq")
	// ErrVia says that a Via value breaks its grammar.
	ErrVia = errors.New("sip: malformed Via")
	// ErrNameAddr says that an address (From, To, Contact, Route) breaks its grammar.
	ErrNameAddr = errors.New("sip: malformed address")
	// ErrScheme says that a URI has a scheme other than sip, sips, tel, tels and urn.
	ErrScheme = errors.New("sip: unknown URI scheme")
	// ErrURI says that a URI breaks its grammar.
	ErrURI = errors.New("sip: malformed URI")
	// ErrDigest says that credentials or a challenge break their grammar.
	ErrDigest = errors.New("sip: malformed digest")
	// ErrEscape says that a percent sign is not followed by two hexadecimal digits.
	ErrEscape = errors.New("sip: malformed escape")
)
