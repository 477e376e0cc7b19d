// Package siptrace sends copies of messages to a capture server and writes them to a database.
package siptrace

import (
	"github.com/moonroute/moonroute/kemi"
)

// Module is the siptrace module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "siptrace",
	Doc:    "Copies of messages for a capture server (HEP versions 1 to 3, or as they are) and for a database table: all of them, or those of calls that the script or a flag chooses.",
	New:    newState,
	Params: params,
	Funcs: kemi.NeedMessage(kemi.Funcs[state]{
		{Name: "sip_trace", Returns: kemi.Code, Call: (*state).sipTrace, Doc: "copies the message in hand"},
		{Name: "sip_trace_dst", Args: "dst str", Returns: kemi.Code, Call: (*state).sipTraceTo, Doc: "copies the message in hand to the capture server of a SIP URI; empty: duplicate_uri"},
		{Name: "sip_trace_dst_cid", Args: "dst str, correlation str", Returns: kemi.Code, Call: (*state).sipTraceTo, Doc: "sip_trace_dst with a correlation id of one's own"},
		{Name: "sip_trace_dst_cid_type", Args: "dst str, correlation str, type str", Returns: kemi.Code, Call: (*state).sipTraceTo, Doc: "sip_trace_dst_cid for the message (m), its transaction (t) or its dialog (d)"},
		{Name: "sip_trace_mode", Args: "mode str", Returns: kemi.Code, Call: (*state).sipTraceMode, Doc: "copies the message in hand (m), and what follows of its transaction (t) or dialog (d)"},
		{Name: "sip_trace_msg", Args: "msg str, src str, dst str, correlation str, method str", Returns: kemi.Code, Call: (*state).sipTraceMsg, Doc: "writes a copy of any text, as if it had gone from one proto:ip:port to another"},
		{Name: "hlog", Args: "text str", Returns: kemi.Code, Call: (*state).hlog, Doc: "sends a log line to the capture server, tied to the Call-ID; needs HEP version 3"},
		{Name: "hlog_cid", Args: "correlation str, text str", Returns: kemi.Code, Call: (*state).hlogID, Doc: "hlog with a correlation id of one's own"},
	}, failed),

	Vars: kemi.Vars[state]{{
		Name: "siptrace", Named: true, Parse: parseKey, Get: traced,
		Doc: "in the event route, a part of the copy: src_addr, src_ip, src_port, src_proto, dst_addr, dst_ip, dst_port, dst_proto, or msg",
	}},
	RPC: kemi.Commands[state]{
		{Name: "siptrace.status", Run: (*state).rpcStatus, Doc: "on or off switches the copies, check tells"},
	},
	Stats: kemi.Stats[state]{
		{Group: "siptrace", Name: "traced_requests", Counter: true, Value: func(s *state) int64 { return s.requests.Load() }, Doc: "requests that were copied"},
		{Group: "siptrace", Name: "traced_replies", Counter: true, Value: func(s *state) int64 { return s.replies.Load() }, Doc: "replies that were copied"},
		{Group: "siptrace", Name: "dropped_copies", Counter: true, Value: func(s *state) int64 { return s.dropped.Load() }, Doc: "copies that could not be sent or kept"},
	},
	Events: []kemi.Event{{Name: eventMessage, Param: "evcb_msg", Doc: "a message is about to be copied; what the function drops is not"}},
})

const eventMessage = "siptrace:msg"
