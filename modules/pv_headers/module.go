// Package pv_headers lets a script read and change headers as variables: they are collected into a tree, changed there,
// and applied to the message in the end.
package pv_headers

import (
	"slices"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// Module is the pv_headers module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "pv_headers",
	Doc:    "Headers as variables that can be changed again and again: $x_hdr(Name), $x_fU and their kin.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	Vars:   slices.Concat(headerVars, addressVars, replyVars),
})

// state is the module in one server.
type state struct {
	xaviName    string
	valueSize   int
	collectFlag int
	applyFlag   int
	skipText    string
	splitText   string
	autoMsg     int

	root  string          // xaviName as the tree holds it
	skip  map[string]bool // headers that are never applied, in lower case
	split map[string]bool // headers whose lists are collected value by value, in lower case
	auto  bool
}

// lastFlag is the highest flag that there is.
const lastFlag = 31

var params = kemi.Params[state]{
	kemi.StrParam("xavi_name", "headers", func(s *state) *string { return &s.xaviName }, "name of the $xavi tree that holds the headers"),
	kemi.IntParam("header_value_size", 1024, func(s *state) *int { return &s.valueSize }, "how long From and To may become by a change of one part"),
	kemi.IntParam("header_collect_flag", 27, func(s *state) *int { return &s.collectFlag }, "branch flag of requests, message flag of replies, that the headers were collected").Within(0, lastFlag),
	kemi.IntParam("header_apply_flag", 28, func(s *state) *int { return &s.applyFlag }, "branch flag of requests, message flag of replies, that the headers were applied").Within(0, lastFlag),
	kemi.StrParam("skip_headers", "Record-Route,Via,Route,Content-Length,Max-Forwards,CSeq", func(s *state) *string { return &s.skipText }, "headers that are not applied"),
	kemi.StrParam("split_headers", "", func(s *state) *string { return &s.splitText }, "headers whose values are collected one by one where commas part them"),
	kemi.IntParam("auto_msg", 1, func(s *state) *int { return &s.autoMsg }, "1: headers are collected when the script first uses one, and each change is applied at once; needs the tm module"),
}

// Start reads the lists and looks for the modules that changes need.
func (s *state) Start(srv *kemi.Server) error {
	s.root = strings.ToLower(s.xaviName)
	s.skip, s.split = names(s.skipText), names(s.splitText)
	s.auto = s.autoMsg != 0
	if s.auto && srv.Registry.Module("tm") == nil {
		srv.Log.Notice("pv_headers", "the tm module is not loaded: auto_msg is off")
		s.auto = false
	}
	if srv.Registry.Module("uac") == nil {
		srv.Log.Notice("pv_headers", "the uac module is not loaded: From and To of messages are not changed")
	}
	return nil
}

// names reads a list of header names.
func names(text string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			set[strings.ToLower(name)] = true
		}
	}
	return set
}
