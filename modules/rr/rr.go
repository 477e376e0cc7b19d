// Package rr keeps the server on the path of a dialog: it adds Record-Route to requests and follows the Route headers
// of later ones (RFC 3261 16.4, 16.6 step 4, 16.12).
package rr

import (
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the rr module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "rr",
	Doc:  "Record-Route and Route: keeps the server on the path of a dialog and routes the requests within it.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("enable_full_lr", 0, func(s *state) *int { return &s.fullLR }, "1 writes ;lr=on instead of ;lr, for peers that lose parameters without a value"),
		kemi.IntParam("append_fromtag", 1, func(s *state) *int { return &s.fromTag }, "adds ;ftag= with the caller's tag, which is_direction needs"),
		kemi.IntParam("enable_double_rr", 1, func(s *state) *int { return &s.double }, "1 writes two headers when a request leaves by another socket than it came in, 2 always, 0 never"),
		kemi.IntParam("add_username", 0, func(s *state) *int { return &s.addUser }, "1 writes the user of the request URI into the header"),
		kemi.StrParam("custom_user_avp", "", func(s *state) *string { return &s.userVar }, "variable whose value is written as the user instead"),
		kemi.IntParam("enable_socket_mismatch_warning", 1, func(s *state) *int { return &s.warn }, "warns when a Route names a socket that the server does not have"),
		kemi.IntParam("force_send_socket", 0, func(s *state) *int { return &s.force }, "1 sends from the socket of a single Route too, not of a double one only"),
		kemi.IntParam("ignore_sips", 0, func(s *state) *int { return &s.ignoreSIPS }, "1 writes sip: also for a sips: request URI"),
		kemi.IntParam("sockname_mode", 0, func(s *state) *int { return &s.sockName }, "1 writes ;sn= with the socket's name, and finds the socket by it"),
		kemi.IntParam("loose_route_mode", 0, func(s *state) *int { return &s.mode }, "mode of loose_route; see the function loose_route_mode"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "record_route", Works: route.NotReplies, Returns: kemi.Code, Call: (*state).record, Doc: "adds Record-Route; -1 if there is one of ours already"},
		{Name: "record_route_params", Works: route.NotReplies, Args: "params str", Returns: kemi.Code, Call: (*state).record, Doc: "record_route with further URI parameters, \";name=value\""},
		{Name: "record_route_preset", Works: route.NotReplies, Args: "address str, address2 str", Returns: kemi.Code, Call: (*state).preset, Doc: "adds Record-Route with given addresses: of the outgoing side, then of the incoming side"},
		{Name: "record_route_preset_one", Works: route.NotReplies, Args: "address str", Returns: kemi.Code, Call: (*state).preset, Doc: "adds Record-Route with a given address"},
		{Name: "record_route_advertised_address", Works: route.NotReplies, Args: "address str", Returns: kemi.Code, Call: (*state).advertised, Doc: "adds Record-Route with a given address; two if the transport changes on the way"},
		{Name: "remove_record_route", Returns: kemi.Code, Call: (*state).unrecord, Doc: "takes back what these functions added"},
		{Name: "add_rr_param", Args: "param str", Returns: kemi.Code, Call: (*state).addParam, Doc: "adds a URI parameter, \";name=value\", to our Record-Route"},
		{Name: "loose_route", Works: route.NotReplies, Returns: kemi.Code, Call: (*state).loose, Doc: "follows the Route headers: 1 done, -1 there is none to follow or it is broken, -3 the only one was this server in a request outside of a dialog"},
		{Name: "loose_route_mode", Works: route.NotReplies, Args: "mode int", Returns: kemi.Code, Call: (*state).looseMode, Doc: "loose_route; mode 1 leaves out the recovery from strict routers"},
		{Name: "loose_route_preloaded", Works: route.NotReplies, Returns: kemi.Code, Call: (*state).preloaded, Doc: "loose_route; 1 where that gives -3, else -1"},
		{Name: "next_hop_route", Returns: kemi.Code, Call: (*state).nextHopRoute, Doc: "after loose_route: 1 if the next hop comes from a Route header, else -1"},
		{Name: "check_route_param", Args: "pattern str", Returns: kemi.Code, Call: (*state).checkParam, Doc: "the parameters of our own Route match a regular expression: 1 or -1"},
		{Name: "is_direction", Args: "direction str", Returns: kemi.Code, Call: (*state).isDirection, Doc: "the request goes \"downstream\" (by the caller) or \"upstream\" (by the callee): 1 or -1; -6 for another word"},
	},
	Vars: vars,
})

type state struct {
	fullLR, fromTag, double, addUser, warn, force, ignoreSIPS, sockName, mode int

	userVar  string
	user     *kemi.Variable // of custom_user_avp; nil: none
	patterns regex.Cache
	srv      *kemi.Server
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) (err error) {
	s.srv = srv
	if s.userVar != "" {
		s.user, err = srv.Registry.Var(s.userVar)
	}
	return err
}

var (
	yes       = kemi.Int(1)
	no        = kemi.Int(-1)
	preloaded = kemi.Int(-3)
	badWord   = kemi.Int(-6)
)

func (s *state) addParam(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	c.Msg.RouteParams += a.Str(0)
	return yes
}

func (s *state) unrecord(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	c.Msg.Edits.RemoveIf(func(e *route.Edit) bool { return e.Header == ours })
	return yes
}
