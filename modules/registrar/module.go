// Package registrar answers REGISTER requests and finds the contacts of users (RFC 3261 10).
package registrar

import (
	"fmt"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the registrar module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "registrar",
	Doc:    "Keeps the contacts of REGISTER requests in the location service and routes requests to them.",
	New:    func() *state { return &state{} },
	Params: params,
	Funcs:  functions,
	Vars: kemi.Vars[state]{
		{Name: "ulc", Named: true, Index: true, Parse: parseULC, Get: (*state).getULC, Doc: "the contacts that reg_fetch_contacts found: $ulc(profile=>attribute)"},
	},
	Stats: kemi.Stats[state]{
		{Group: "registrar", Name: "accepted_regs", Counter: true, Value: func(s *state) int64 { return s.accepted.Load() }, Doc: "REGISTER requests that were accepted"},
		{Group: "registrar", Name: "rejected_regs", Counter: true, Value: func(s *state) int64 { return s.rejected.Load() }, Doc: "REGISTER requests that were refused"},
		{Group: "registrar", Name: "max_expires", Value: func(s *state) int64 { return int64(s.maxExpires.Get()) }, Doc: "the parameter max_expires"},
		{Group: "registrar", Name: "max_contacts", Value: func(s *state) int64 { return int64(s.maxContacts.Get()) }, Doc: "the parameter max_contacts"},
		{Group: "registrar", Name: "default_expire", Value: func(s *state) int64 { return int64(s.defaultExpires.Get()) }, Doc: "the parameter default_expires"},
		{Group: "registrar", Name: "default_expires_range", Value: func(s *state) int64 { return int64(s.defaultExpiresRange.Get()) }, Doc: "the parameter default_expires_range"},
		{Group: "registrar", Name: "expires_range", Value: func(s *state) int64 { return int64(s.expiresRange.Get()) }, Doc: "the parameter expires_range"},
	},
	Events: []kemi.Event{
		{Name: "usrloc:contact-expired", Param: "event_callback", Doc: "a contact has expired; $ulc(exp=>attribute) shows it"},
	},
})

// state is the module in one server. It does not change after the start, but for the counters.
type state struct {
	server   *kemi.Server
	location *location.Store
	accepted atomic.Int64
	rejected atomic.Int64
	gate     gate

	receivedVar *kemi.Variable // received_avp

	// These may change at run time (cfg.set).
	defaultExpires, defaultExpiresRange, expiresRange, minExpires, maxExpires kemi.LiveInt
	defaultQ, appendBranches, maxContacts, retryAfter, useExpired             kemi.LiveInt

	minExpiresMode, caseSensitive, contactMaxSize, flowTimer int
	sockMode, sockFlag, methodFiltering, lookupFilterMode    int
	usePath, pathMode, pathUseReceived, pathCheckLocal       int
	xavpRcdMask, gruuEnabled, outboundMode, regIDMode        int
	realmPrefix, receivedParam, receivedAVP, sockHeader      string
	xavpCfg, xavpRcd, eventCallback                          string
}

// field makes the row of a parameter that is a number.
func field(name string, def int, f func(*state) *int, doc string) kemi.Param[state] {
	return kemi.IntParam(name, def, f, doc)
}

// live makes the row of a number that operators may change at run time.
func live(name string, def int, f func(*state) *kemi.LiveInt, doc string) kemi.Param[state] {
	return kemi.LiveIntParam(name, def, f, doc)
}

// text makes the row of a parameter that is a text.
func text(name, def string, f func(*state) *string, doc string) kemi.Param[state] {
	return kemi.StrParam(name, def, f, doc)
}

var params = kemi.Params[state]{
	live("default_expires", 3600, func(s *state) *kemi.LiveInt { return &s.defaultExpires }, "lifetime in seconds of a contact that names none"),
	live("default_expires_range", 0, func(s *state) *kemi.LiveInt { return &s.defaultExpiresRange }, "percent by which default_expires varies up and down"),
	live("expires_range", 0, func(s *state) *kemi.LiveInt { return &s.expiresRange }, "percent by which a lifetime is shortened at random"),
	live("default_q", location.QUnset, func(s *state) *kemi.LiveInt { return &s.defaultQ }, "preference in thousandths of a contact that names none; -1: none").Within(location.QUnset, 1000),
	live("append_branches", 1, func(s *state) *kemi.LiveInt { return &s.appendBranches }, "1: lookup adds a branch for each further contact"),
	field("case_sensitive", 0, func(s *state) *int { return &s.caseSensitive }, "1: user names keep their case"),
	text("realm_prefix", "", func(s *state) *string { return &s.realmPrefix }, "taken off the beginning of domains"),
	live("min_expires", 60, func(s *state) *kemi.LiveInt { return &s.minExpires }, "least lifetime in seconds"),
	live("max_expires", 0, func(s *state) *kemi.LiveInt { return &s.maxExpires }, "greatest lifetime in seconds; 0: no limit"),
	text("received_param", "received", func(s *state) *string { return &s.receivedParam }, "Contact parameter that names the address behind NAT"),
	text("received_avp", "", func(s *state) *string { return &s.receivedAVP }, "variable that holds the URI of the address behind NAT"),
	live("max_contacts", 0, func(s *state) *kemi.LiveInt { return &s.maxContacts }, "contacts that one user may have; 0: no limit"),
	live("retry_after", 0, func(s *state) *kemi.LiveInt { return &s.retryAfter }, "seconds in Retry-After of 5xx replies; 0: no such header"),
	field("sock_mode", 0, func(s *state) *int { return &s.sockMode }, "0: sock_hdr_name holds proto:host:port, 1: the name of a listen socket"),
	field("sock_flag", -1, func(s *state) *int { return &s.sockFlag }, "message flag without which sock_hdr_name is not read; -1: always read"),
	text("sock_hdr_name", "", func(s *state) *string { return &s.sockHeader }, "header that names the socket of a contact"),
	field("method_filtering", 0, func(s *state) *int { return &s.methodFiltering }, "1: lookup leaves out contacts that do not take the method"),
	field("use_path", 0, func(s *state) *int { return &s.usePath }, "1: Path headers are kept"),
	field("path_mode", 2, func(s *state) *int { return &s.pathMode }, "Path in replies: 0 never, 1 if the client supports it, 2 refuse a client that does not"),
	field("path_use_received", 0, func(s *state) *int { return &s.pathUseReceived }, "1: the received parameter of the first Path URI is the address behind NAT"),
	field("path_check_local", 0, func(s *state) *int { return &s.pathCheckLocal }, "1: lookup skips a first Path URI that is this server"),
	text("xavp_cfg", "", func(s *state) *string { return &s.xavpCfg }, "XAVP with settings for one request: max_contacts, expires, socket"),
	text("xavp_rcd", "", func(s *state) *string { return &s.xavpRcd }, "XAVP in which lookup tells of the contact found"),
	field("xavp_rcd_mask", 0, func(s *state) *int { return &s.xavpRcdMask }, "what xavp_rcd leaves out: 1 ruid, 2 contact, 4 expires, 8 received, 16 path"),
	field("gruu_enabled", 1, func(s *state) *int { return &s.gruuEnabled }, "1: GRUUs are given out (RFC 5627)"),
	field("outbound_mode", 0, func(s *state) *int { return &s.outboundMode }, "0: no outbound, 1: offered, 2: required (RFC 5626)"),
	field("regid_mode", 0, func(s *state) *int { return &s.regIDMode }, "1: a client without outbound has one contact per instance"),
	field("flow_timer", 0, func(s *state) *int { return &s.flowTimer }, "seconds in Flow-Timer of outbound replies; 0: no such header"),
	field("contact_max_size", 512, func(s *state) *int { return &s.contactMaxSize }, "greatest length of a contact URI"),
	text("event_callback", "", func(s *state) *string { return &s.eventCallback }, "script function for the event usrloc:contact-expired"),
	field("lookup_filter_mode", 0, func(s *state) *int { return &s.lookupFilterMode }, "1: lookup takes only contacts that have the branch flags of the request"),
	field("min_expires_mode", 0, func(s *state) *int { return &s.minExpiresMode }, "1: shorter lifetimes are refused with 423, else they are raised"),
	live("use_expired_contacts", 0, func(s *state) *kemi.LiveInt { return &s.useExpired }, "1: lookup takes expired contacts that are still there"),
}

// Start implements the module's start.
func (s *state) Start(server *kemi.Server) error {
	s.server, s.location = server, server.Location
	s.location.Rules.CaseSensitive = s.caseSensitive != 0
	s.location.Rules.RealmPrefix = s.realmPrefix
	if server.Registry.Module("usrloc") == nil {
		return fmt.Errorf("the module usrloc must be loaded too")
	}
	if s.receivedAVP != "" {
		v, err := server.Registry.Var(s.receivedAVP)
		if err != nil {
			return fmt.Errorf("received_avp: %w", err)
		}
		s.receivedVar = v
	}
	if s.eventCallback != "" {
		s.location.Observe(s)
	}
	return nil
}

func (s *state) now() int64 { return s.server.Clock.Now().Unix() }

// table finds a location table, and says so once for each place of the script if there is none.
func (s *state) table(c *kemi.Ctx, function, name string) *location.Table {
	t := s.location.Table(name)
	if t == nil {
		c.Misuse("registrar."+function, fmt.Sprintf("there is no table %q; name it in modparam(\"usrloc\", \"preload\", …)", name))
	}
	return t
}
