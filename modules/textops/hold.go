package textops

import "strings"

// The kinds of hold.
const (
	holdByAddress   = 1 // RFC 2543 B.5: the address 0.0.0.0
	holdByDirection = 2 // RFC 3264 8.4: sendonly or inactive
)

// level is what the session, or one stream, says about itself.
type level struct{ direction, address string }

// audioHold is the kind of hold of the first audio stream that is on hold, or 0. A stream that does not say has the
// session's direction and address (RFC 8866 5.7, 6.7).
func audioHold(sdp string) int {
	var session, stream level
	now, audio := &session, false
	for line := range strings.SplitSeq(sdp, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.HasPrefix(line, "m=") {
			if kind := holdKind(session, stream); audio && kind > 0 {
				return kind
			}
			now, stream, audio = &stream, level{}, strings.HasPrefix(line, "m=audio ")
			continue
		}
		now.read(line)
	}
	if !audio {
		return 0
	}
	return holdKind(session, stream)
}

func (l *level) read(line string) {
	if address, ok := strings.CutPrefix(line, "c=IN IP4 "); ok {
		l.address = strings.TrimSpace(address)
	}
	switch line {
	case "a=sendonly", "a=inactive", "a=sendrecv", "a=recvonly":
		l.direction = line
	}
}

func holdKind(session, stream level) int {
	if stream.direction == "" {
		stream.direction = session.direction
	}
	if stream.address == "" {
		stream.address = session.address
	}
	switch {
	case stream.direction == "a=sendonly" || stream.direction == "a=inactive":
		return holdByDirection
	case stream.address == "0.0.0.0":
		return holdByAddress
	}
	return 0
}
