package transport

// shortest is the least that a SIP message can have; the incumbent takes what is shorter for a probe.
const shortest = 32

// junk is what a datagram is if it is not worth a look at the parser.
type junk uint8

const (
	notJunk   junk = iota
	keepAlive      // empty, blanks, or too short for SIP: it holds a NAT binding open
	stunLike       // RFC 5389, also in the older form without the cookie
)

// sift decides on the first bytes. Keep-alives are frequent, so they cost no allocation.
func sift(b []byte) junk {
	if len(b) < shortest {
		if looksLikeSTUN(b) {
			return stunLike
		}
		return keepAlive
	}
	if looksLikeSTUN(b) {
		return stunLike
	}
	for _, c := range b {
		if !isBlank(c) {
			return notJunk
		}
	}
	return keepAlive
}

// looksLikeSTUN checks the header of 20 bytes: two zero bits, a type that fits the four message
// classes, and a length that is that of the datagram.
func looksLikeSTUN(b []byte) bool {
	const header = 20
	if len(b) < header || b[0] > 1 {
		return false
	}
	length := int(b[2])<<8 | int(b[3])
	return length == len(b)-header
}
