// Package ratelimit bounds how many requests of each method get through.
package ratelimit

import (
	"sync"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the ratelimit module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "ratelimit",
	Doc:  "Bounds on the rate of requests: queues map methods to pipes, and each pipe has an algorithm and a limit.",
	New:  newState,
	Params: kemi.Params[state]{
		kemi.IntParam("timer_interval", 10, func(s *state) *int { return &s.interval }, "seconds of an interval in which requests are counted").Within(1, maxInterval),
		kemi.FuncParam("pipe", kemi.KindStr, "", (*state).addPipe, "defines a pipe: NUMBER:ALGORITHM:LIMIT; the algorithm is TAILDROP or RED with requests a second, FEEDBACK with percent of processor load, or NETWORK with bytes that wait in the sockets; may be given several times"),
		kemi.FuncParam("queue", kemi.KindStr, "", (*state).addQueue, "sends a method to a pipe: PIPE:METHOD, where * is every method; the first one that fits counts; may be given several times"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "rl_check", Returns: kemi.Code, Call: (*state).check, Doc: "counts the request in the pipe of its method: 1 to go on, -1 if it is too many or no queue takes it"},
		{Name: "rl_check_pipe", Args: "pipe int", Returns: kemi.Code, Call: (*state).checkPipe, Doc: "counts the request in a pipe: 1 to go on, -1 if it is too many or there is no such pipe"},
	},
	RPC: commands,
})

// Bounds of pipes and queues, as in the incumbent, and of the interval.
const (
	maxPipes    = 32
	maxQueues   = 32
	maxInterval = 24 * 3600
)

// pipe is a limited stream with its lock.
type pipe struct {
	mu sync.Mutex
	limit.Pipe
}

// queue sends a method to a pipe.
type queue struct {
	method string // "*": every one
	pipe   int
}

// state is the module in one server.
type state struct {
	server   *kemi.Server
	interval int
	pipes    [maxPipes]pipe
	queues   atomic.Pointer[[]queue] // replaced as a whole
	debug    atomic.Bool
	tuning   *limit.Tuning
	meter    *limit.Meter
	ports    map[uint16]bool
	mu       sync.Mutex // held while the queues are replaced
}

func newState() *state {
	s := &state{tuning: limit.NewTuning()}
	s.queues.Store(new([]queue))
	return s
}
