package tm

import "strconv"

// errorReply is the reply that an error of this layer becomes: its code, and the reason with
// the error's number and where it comes from.
func errorReply(rc int) (code int, reason string) {
	n := -rc
	code, text := 500, "I'm terribly sorry, server error occurred"
	switch rc {
	case errDelivery:
		code, text = 477, "Unfortunately error on sending to next hop occurred"
	case errAddress:
		code, text = 478, "Unresolvable destination"
	case errBadURI:
		code, text = 400, "Regretfully, we were not able to process the URI"
	}
	return code, text + " (" + strconv.Itoa(n) + "/TM)"
}

// ErrorReply is the reply that sl_reply_error and t_reply_error send for an error code of t_relay.
func ErrorReply(rc int) (code int, reason string) { return errorReply(rc) }
