package ws

import "github.com/gobwas/ws"

// Why a connection ends (RFC 6455 7.4.1).
const (
	NormalClosure  = 1000
	GoingAway      = 1001
	ProtocolError  = 1002
	NotAccepted    = 1003
	BadText        = 1007
	PolicyViolated = 1008
	TooBig         = 1009
	InternalError  = 1011
)

// Error is what a peer did wrong, with the code that the connection is closed with.
type Error struct {
	Code   int
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return "ws: " + e.Reason }

// CloseBody is the payload of a Close. A reason that is too long, or a code that does not go over the
// wire, is left out.
func CloseBody(code int, reason string) []byte {
	if !ValidClose(code) {
		return nil
	}
	if len(reason) > MaxControl-2 {
		reason = ""
	}
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason)
}

// ValidClose tells whether a code may stand in a Close frame.
func ValidClose(code int) bool {
	c := ws.StatusCode(code)
	return code >= 1000 && code < 5000 && !c.IsProtocolReserved() && (c.IsProtocolDefined() || c >= 3000)
}

// ParseClose reads the payload of a Close; code is 0 if there is none. The error is an *Error.
func ParseClose(payload []byte) (code int, reason string, err error) {
	if len(payload) == 0 {
		return 0, "", nil
	}
	c, reason := ws.ParseCloseFrameData(payload)
	if ws.CheckCloseFrameData(c, reason) != nil || len(payload) < 2 {
		return 0, "", errProtocol
	}
	return int(c), reason, nil
}
