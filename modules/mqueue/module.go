// Package mqueue is queues in memory: one message puts an item in, another one or a timer takes it out.
package mqueue

import (
	"fmt"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the mqueue module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "mqueue",
	Doc:    "Queues of keys and values in memory, shared by all calls.",
	New:    func() *state { return &state{queues: map[string]*queue{}} },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
	Vars: kemi.Vars[state]{
		{Name: "mqk", Named: true, Dynamic: true, Get: part(key), Doc: "key of the item that mq_fetch took from the queue"},
		{Name: "mqv", Named: true, Dynamic: true, Get: part(value), Doc: "value of the item that mq_fetch took from the queue"},
		{Name: "mq_size", Named: true, Dynamic: true, Get: getSize, Doc: "how many items are in the queue"},
	},
})

// state is the module in one server. The set of queues does not change after the start.
type state struct {
	queues map[string]*queue
	order  []*queue // as they were defined
	dbURL  string
	d      *db.DB // nil: none
	log    *log.Logger
	size   int
	mode   int
}

var params = kemi.Params[state]{
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.dbURL }, "database of queues that have a dbmode"),
	kemi.FuncParam("mqueue", kemi.KindStr, "", (*state).define, "defines a queue: name=NAME;size=100;addmode=1;dbmode=1. A size of 0 means 1048576 items; a full queue loses its oldest. Of items with the same key addmode 0 keeps all, 1 the oldest, 2 the newest. Items come from the table NAME with dbmode 1 and 2, and go there at the end with 1 and 3"),
	kemi.FuncParam("mqueue_name", kemi.KindStr, "", (*state).defineNamed, "defines a queue with the size and mode of mqueue_size and mqueue_addmode so far"),
	kemi.IntParam("mqueue_size", 0, func(s *state) *int { return &s.size }, "size of the queues that mqueue_name defines after it"),
	kemi.IntParam("mqueue_addmode", 0, func(s *state) *int { return &s.mode }, "addmode of the queues that mqueue_name defines after it"),
}

func (s *state) define(v kemi.ParamValue) error {
	q, err := parse(v.Str)
	if err != nil {
		return err
	}
	return s.add(q)
}

func (s *state) defineNamed(v kemi.ParamValue) error {
	if v.Str == "" {
		return fmt.Errorf("mqueue_name is empty")
	}
	return s.add(&queue{name: v.Str, size: s.size, mode: addMode(s.mode)})
}

func (s *state) add(q *queue) error {
	if s.queues[q.name] != nil {
		return fmt.Errorf("queue %q is defined twice", q.name)
	}
	s.queues[q.name] = q
	s.order = append(s.order, q)
	return nil
}
