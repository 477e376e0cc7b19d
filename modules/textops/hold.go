package textops

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// How a stream is held, as is_audio_on_hold tells it.
const (
	notHeld         = -1
	heldByAddress   = 1 // c=IN IP4 0.0.0.0, of RFC 2543
	heldByDirection = 2 // a=sendonly or a=inactive, RFC 3264 8.4
)

func (s *state) isOnHold(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Int(hold(description(c.Msg)))
}

// description is the session description of a message: its body, or the part of it that is one.
func description(m *route.Message) string {
	const kind = "application/sdp"
	if sip.EqualFold(contentType(m), kind) {
		return m.Body()
	}
	p, ok := multipart(m).find(kind)
	if !ok {
		return ""
	}
	return p.content
}

// hold looks for the first audio stream that is held. A stream's own lines win over the session's.
func hold(sdp string) int {
	session, stream := notHeld, notHeld
	inMedia, audio := false, false
	for line := range strings.SplitSeq(sdp, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.HasPrefix(line, "m=") {
			if audio && stream != notHeld {
				return stream
			}
			inMedia, audio = true, strings.HasPrefix(line, "m=audio")
			stream = session
			continue
		}
		if inMedia {
			stream = holdOf(line, stream)
		} else {
			session = holdOf(line, session)
		}
	}
	if audio {
		return stream
	}
	return notHeld
}

// holdOf is what a line makes of the state before it.
func holdOf(line string, before int) int {
	switch line {
	case "a=sendonly", "a=inactive":
		return heldByDirection
	case "a=sendrecv", "a=recvonly":
		if before == heldByDirection {
			return notHeld
		}
	}
	if address, ok := strings.CutPrefix(line, "c=IN IP4 "); ok && before != heldByDirection {
		if strings.TrimSpace(address) == "0.0.0.0" {
			return heldByAddress
		}
		return notHeld
	}
	return before
}
