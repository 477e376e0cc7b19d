// Package blst gives scripts a hand on the list of destinations that are left out for a while.
package blst

import (
	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the blst module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "blst",
	Doc:  "The list of destinations that are left out for a while (use_dst_blocklist=on): a script adds the sources of messages, and says which failures add destinations. Reasons are a bit mask: 2 send error, 4 connection refused, 16 no reply, 32 a 503, 64 a script or an operator.",
	New:  func() *state { return new(state) },
	Funcs: kemi.Funcs[state]{
		{Name: "blst_add", Args: "seconds int", Returns: kemi.Code, Call: (*state).add, Doc: "puts the message's source on the list; 0 seconds: dst_blocklist_expire"},
		{Name: "blst_add_default", Returns: kemi.Code, Call: (*state).addDefault, Doc: "puts the message's source on the list for dst_blocklist_expire seconds"},
		{Name: "blst_add_retry_after", Args: "least int, most int", Returns: kemi.Code, Call: (*state).addRetryAfter, Doc: "puts the message's source on the list for the time of its Retry-After header, within two bounds; -1 without the header"},
		{Name: "blst_del", Returns: kemi.Code, Call: (*state).remove, Doc: "takes the message's source off the list; -1 if it is not there"},
		{Name: "blst_is_blocklisted", Returns: kemi.Code, Call: (*state).check, Doc: "1 if the message's source is on the list, else -1"},
		{Name: "blst_set_ignore", Args: "reasons int", Returns: kemi.Code, Call: ignore(ofRequest), Doc: "failures of these kinds of the request in hand add no destination"},
		{Name: "blst_set_ignore_all", Returns: kemi.Code, Call: ignore(ofRequest), Doc: "no failure of the request in hand adds a destination"},
		{Name: "blst_clear_ignore", Args: "reasons int", Returns: kemi.Code, Call: count(ofRequest), Doc: "failures of these kinds count again"},
		{Name: "blst_clear_ignore_all", Returns: kemi.Code, Call: count(ofRequest), Doc: "all failures of the request in hand count again"},
		{Name: "blst_rpl_set_ignore", Args: "reasons int", Returns: kemi.Code, Call: ignore(ofReplies), Doc: "blst_set_ignore for the replies to the request in hand"},
		{Name: "blst_rpl_set_ignore_all", Returns: kemi.Code, Call: ignore(ofReplies), Doc: "blst_set_ignore_all for the replies to the request in hand"},
		{Name: "blst_rpl_clear_ignore", Args: "reasons int", Returns: kemi.Code, Call: count(ofReplies), Doc: "blst_clear_ignore for the replies to the request in hand"},
		{Name: "blst_rpl_clear_ignore_all", Returns: kemi.Code, Call: count(ofReplies), Doc: "blst_clear_ignore_all for the replies to the request in hand"},
	},
})

// state is the module in one server.
type state struct{ server *kemi.Server }

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	return nil
}

func (s *state) list() *blocklist.List { return s.server.Core.Blocklist() }

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)
