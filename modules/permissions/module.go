// Package permissions tells who may do what: by source address (tables address and trusted, or a file) and by pairs of
// URIs (files of allow and deny rules).
//
// What is cached is immutable and stands behind an atomic pointer: a check takes no lock, and a reload that fails
// changes nothing.
package permissions

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the permissions module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "permissions",
	Doc:    "Lists of addresses, networks, names and URIs that are allowed or denied.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
})

// state is the module in one server.
type state struct {
	settings

	server    *kemi.Server
	db        *db.DB // nil without db_url
	tag       *kemi.Variable
	addresses atomic.Pointer[addresses] // nil: not loaded
	trusted   atomic.Pointer[trusted]   // nil: not cached
	regexes   regex.Cache
	allow     *ruleFile // nil: not loaded
	deny      *ruleFile
	reload    limiter
}

// settings are the parameters.
type settings struct {
	allowFile, denyFile, allowSuffix, denySuffix string
	checkAllBranches                             int

	dbURL        string
	backends     int
	reloadDelta  int
	addressTable string
	addressFile  string
	address      addressColumns
	maxSubnets   int
	matchMode    int

	dbMode         int
	trustedTable   string
	trustedColumns trustedColumns
	tagVariable    string
	tagMode        int
}

// addressColumns and trustedColumns are the names of the columns.
type addressColumns struct{ group, ip, mask, port string }

type trustedColumns struct{ source, proto, from, ruri, tag, priority string }

// The bits of load_backends.
const (
	loadAddresses = 1 << iota
	loadTrusted
	loadAllow
	loadDeny

	loadAny = loadAddresses | loadTrusted | loadAllow | loadDeny
)

var params = kemi.Params[state]{
	kemi.StrParam("default_allow_file", "permissions.allow", func(s *state) *string { return &s.allowFile }, "file of the rules that allow; without a directory it stands beside the configuration file. A file that does not exist is an empty one"),
	kemi.StrParam("default_deny_file", "permissions.deny", func(s *state) *string { return &s.denyFile }, "file of the rules that deny"),
	kemi.IntParam("check_all_branches", 1, func(s *state) *int { return &s.checkAllBranches }, "1: allow_routing checks every branch; 0: the request URI only"),
	kemi.StrParam("allow_suffix", ".allow", func(s *state) *string { return &s.allowSuffix }, "suffix that makes the name of a file of allow rules of a base name"),
	kemi.StrParam("deny_suffix", ".deny", func(s *state) *string { return &s.denySuffix }, "suffix that makes the name of a file of deny rules of a base name"),
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.dbURL }, "database of the tables address and trusted; empty: neither is used"),
	kemi.IntParam("db_mode", 0, func(s *state) *int { return &s.dbMode }, "0: allow_trusted asks the database each time; 1: the table is cached"),
	kemi.StrParam("trusted_table", "trusted", func(s *state) *string { return &s.trustedTable }, "table of trusted peers"),
	kemi.StrParam("source_col", "src_ip", func(s *state) *string { return &s.trustedColumns.source }, "column of the source address in that table"),
	kemi.StrParam("proto_col", "proto", func(s *state) *string { return &s.trustedColumns.proto }, "column of the transport: any, udp, tcp, tls, sctp, ws, wss or none"),
	kemi.StrParam("from_col", "from_pattern", func(s *state) *string { return &s.trustedColumns.from }, "column of the regular expression for the From URI; NULL: any"),
	kemi.StrParam("ruri_col", "ruri_pattern", func(s *state) *string { return &s.trustedColumns.ruri }, "column of the regular expression for the request URI; NULL: any"),
	kemi.StrParam("tag_col", "tag", func(s *state) *string { return &s.trustedColumns.tag }, "column of the tag, in both tables"),
	kemi.StrParam("priority_col", "priority", func(s *state) *string { return &s.trustedColumns.priority }, "column of the priority: the cached rules are tried from the highest to the lowest one, those asked of the database from the lowest on"),
	kemi.StrParam("peer_tag_avp", "", func(s *state) *string { return &s.tagVariable }, "AVP that gets the tag of what matched, such as $avp(peer)"),
	kemi.IntParam("peer_tag_mode", 0, func(s *state) *int { return &s.tagMode }, "1: allow_trusted gives the tags of all rules that match, and their number"),
	kemi.StrParam("address_table", "address", func(s *state) *string { return &s.addressTable }, "table of addresses, networks and names"),
	kemi.StrParam("address_file", "", func(s *state) *string { return &s.addressFile }, "file with the same, instead of the table; a line is GROUP ADDRESS [MASK [PORT [TAG]]]"),
	kemi.StrParam("grp_col", "grp", func(s *state) *string { return &s.address.group }, "column of the group in the address table, 1 or more"),
	kemi.StrParam("ip_addr_col", "ip_addr", func(s *state) *string { return &s.address.ip }, "column of the address or name"),
	kemi.StrParam("mask_col", "mask", func(s *state) *string { return &s.address.mask }, "column of the length of the network's prefix; 0: one address"),
	kemi.StrParam("port_col", "port", func(s *state) *string { return &s.address.port }, "column of the port; 0: any"),
	kemi.IntParam("max_subnets", 512, func(s *state) *int { return &s.maxSubnets }, "the most networks that are loaded; those beyond are left out, and the log says so"),
	kemi.IntParam("subnet_match_mode", 0, func(s *state) *int { return &s.matchMode }, "0: of the networks that fit, the first one counts; 1: the one with the longest prefix"),
	kemi.IntParam("load_backends", 0xffff, func(s *state) *int { return &s.backends }, "what is loaded: 1 the addresses, 2 the trusted peers, 4 the file that allows, 8 the file that denies; combined"),
	kemi.IntParam("reload_delta", 5, func(s *state) *int { return &s.reloadDelta }, "seconds that must pass between two reloads by RPC"),
	kemi.FuncParam("trusted_cleanup_interval", kemi.KindInt, "60", ignore, "accepted, no effect: what a reload replaces goes when the last check that uses it has ended"),
}

func ignore(*state, kemi.ParamValue) error { return nil }
