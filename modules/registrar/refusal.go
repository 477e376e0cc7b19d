package registrar

import (
	"strconv"

	"github.com/moonroute/moonroute/core/location"
)

// refusal is why a REGISTER is not accepted, and the reply that says so.
type refusal struct {
	code   int
	reason string
	detail string   // P-Registrar-Error
	before []string // headers before it, each with CRLF
	listed bool     // the reply lists the present contacts
	result int      // what save tells the script; 0 stands for -1
	store  bool     // the database did not do its part
}

// Error implements error.
func (r *refusal) Error() string { return r.detail }

// badRequest is the reason of most refusals.
const badRequest = "Bad Request"

// The refusals. Their texts are those that operators of the incumbent know from traces.
var (
	errStarExpires = &refusal{code: 400, reason: badRequest, detail: "* used in contact and expires is not zero"}
	errStarMixed   = &refusal{code: 400, reason: badRequest, detail: "* used in contact and more than 1 contact"}
	errContact     = &refusal{code: 400, reason: badRequest, detail: "Contact parse error"}
	errContactSize = &refusal{code: 400, reason: badRequest, detail: "Contact/received too long"}
	errQ           = &refusal{code: 400, reason: badRequest, detail: "Invalid q param in contact", listed: true}
	errRegID       = &refusal{code: 400, reason: badRequest, detail: "Invalid reg-id param in contact", listed: true}
	errCSeq        = &refusal{code: 400, reason: badRequest, detail: "Invalid CSeq number", listed: true}
	errAOR         = &refusal{code: 400, reason: badRequest, detail: "Invalid URI in To"}
	errCallID      = &refusal{code: 400, reason: badRequest, detail: "Missing or invalid Call-ID or CSeq"}
	errTooMany     = &refusal{code: 503, reason: "Service Unavailable", detail: "Too many registered contacts", listed: true, result: -2}
	errPath        = &refusal{code: 420, reason: "Bad Extension", detail: "No support for found Path indicated", before: []string{"Unsupported: path\r\n"}, listed: true}
	errFirstHop    = &refusal{code: 439, reason: "First Hop Lacks Outbound Support", detail: "No support for Outbound on edge proxy"}
)

// The refusals of a database that does not do its part, by what save was about to do.
var errStore = map[location.EventKind]*refusal{
	location.Inserted: {code: 500, reason: serverError, detail: "usrloc_contact_insert failed", listed: true, store: true},
	location.Updated:  {code: 500, reason: serverError, detail: "usrloc_contact_update failed", listed: true, store: true},
	location.Deleted:  {code: 500, reason: serverError, detail: "usrloc_contact_delete failed", listed: true, store: true},
}

const serverError = "Server Internal Error"

// tooBrief refuses a lifetime below the least one (RFC 3261 10.3 step 7).
func tooBrief(least int) *refusal {
	return &refusal{
		listed: true, code: 423, reason: "Interval Too Brief", detail: "Interval too brief",
		before: []string{"Min-Expires: " + strconv.Itoa(least) + "\r\n"},
	}
}
