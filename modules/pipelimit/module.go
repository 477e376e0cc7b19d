// Package pipelimit bounds how many messages pass for each of any number of named pipes: a
// user, an address, a trunk.
package pipelimit

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the pipelimit module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "pipelimit",
	Doc:    "Bounds on the rate of messages for named pipes, which the script makes as it needs them: one for each user, address or trunk.",
	New:    newState,
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "pl_check", Args: "pipe str", Returns: kemi.Code, Call: (*state).check, Doc: "counts the message in a pipe: 1 to go on, -1 if it is too many, 2 if the pipe only counts, -2 if there is no such pipe"},
		{Name: "pl_check_limit", Args: "pipe str, algorithm str, limit int", Returns: kemi.Code, Call: (*state).checkLimit, Doc: "pl_check that makes the pipe if it is not there; one that is there keeps its algorithm and gets the limit if that is above 0"},
		{Name: "pl_active", Args: "pipe str", Returns: kemi.Code, Call: (*state).active, Doc: "1 if there is such a pipe, else -1"},
		{Name: "pl_drop", Returns: kemi.Code, Call: (*state).drop, Doc: "answers the request with reply_code and reply_reason"},
		{Name: "pl_drop_retry", Args: "seconds int", Returns: kemi.Code, Call: (*state).dropRetry, Doc: "pl_drop with a Retry-After header"},
		{Name: "pl_drop_range", Args: "least int, most int", Returns: kemi.Code, Call: (*state).dropRange, Doc: "pl_drop with a random Retry-After between two numbers of seconds"},
	},
	RPC: commands,
})

var params = kemi.Params[state]{
	kemi.IntParam("timer_interval", 10, func(s *state) *int { return &s.interval }, "seconds of an interval; limits are messages in an interval").Within(1, maxInterval),
	kemi.LiveIntParam("reply_code", 503, func(s *state) *kemi.LiveInt { return &s.code }, "code of pl_drop").Within(400, 699),
	kemi.FuncParam("reply_reason", kemi.KindStr, `"Server Unavailable"`, (*state).setReason, "reason of pl_drop; cfg.set changes it"),
	kemi.LiveIntParam("clean_unused", 0, func(s *state) *kemi.LiveInt { return &s.clean }, "intervals without a message after which a pipe is removed; 0: never"),
	kemi.IntParam("load_fetch", 1, func(s *state) *int { return &s.fetch }, "0: the load that FEEDBACK and NETWORK pipes need is not measured"),
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.source.url }, "database with pipes that are there from the start; empty: pl_check_limit makes all of them"),
	kemi.StrParam("plp_table_name", "pl_pipes", func(s *state) *string { return &s.source.table }, "table of the pipes"),
	kemi.StrParam("plp_pipeid_column", "pipeid", func(s *state) *string { return &s.source.name }, "column of their names"),
	kemi.StrParam("plp_limit_column", "plimit", func(s *state) *string { return &s.source.bound }, "column of their limits"),
	kemi.StrParam("plp_algorithm_column", "algorithm", func(s *state) *string { return &s.source.algorithm }, "column of their algorithms"),
	kemi.FuncParam("hash_size", kemi.KindInt, "6", ignore, "accepted; the table grows as needed"),
	kemi.FuncParam("timer_mode", kemi.KindInt, "0", ignore, "accepted; there is one timer"),
}

const maxInterval = 24 * 3600

func ignore(*state, kemi.ParamValue) error { return nil }

// state is the module in one server.
type state struct {
	server      *kemi.Server
	interval    int
	fetch       int
	code, clean kemi.LiveInt
	reason      atomic.Pointer[string]
	source      source
	table       table
	tuning      *limit.Tuning
	meter       *limit.Meter
	ports       map[uint16]bool
}

func newState() *state {
	s := &state{tuning: limit.NewTuning(), table: table{pipes: map[string]*pipe{}}}
	reason := "Server Unavailable"
	s.reason.Store(&reason)
	return s
}

func (s *state) setReason(v kemi.ParamValue) error {
	if strings.ContainsAny(v.Str, "\r\n") {
		return errReason
	}
	s.reason.Store(&v.Str)
	return nil
}

// reasonVar is reply_reason for those who change it while the server runs.
func (s *state) reasonVar() kemi.RuntimeVar {
	return kemi.RuntimeVar{
		Name: "reply_reason", Kind: kemi.KindStr, Doc: "reason of pl_drop",
		Get: func() kemi.Value { return kemi.Str(*s.reason.Load()) },
		Set: func(v kemi.Value) error { return s.setReason(kemi.ParamValue{IsStr: true, Str: v.Text()}) },
	}
}

var errReason = errors.New("reply_reason is one line")
