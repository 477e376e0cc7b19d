// Package sip holds SIP messages as they were received: start line, headers and URIs of RFC 3261 and its extensions.
//
// A [Message] keeps the received text in one immutable string. [Message.Parse] finds the start line and the
// boundaries of the headers in one pass and reads nothing else; each header is parsed when it is first asked for, and
// the result stays in the message. Every part is a substring of the received text, so reading allocates nothing, a part
// may be kept for as long as one likes, and [Message.Offset] tells where in the text it stands.
//
// Parsers accept what deployed peers send (LF line ends, folded lines, blanks around separators) and return one of the
// sentinel errors of errors.go for the rest. A number that does not fit its type is an error, it never wraps.
package sip
