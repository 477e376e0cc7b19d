// Package pike finds sources that send more requests than a limit, and tells the script.
package pike

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the pike module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "pike",
	Doc:  "Counts the requests of each source address and tells the script which ones flood.",
	New:  func() *state { return &state{} },
	Params: kemi.Params[state]{
		kemi.IntParam("sampling_time_unit", 2, func(s *state) *int { return &s.unit }, "seconds in which requests are counted"),
		kemi.IntParam("reqs_density_per_unit", 30, func(s *state) *int { return &s.density }, "requests of one source in such a time before it is blocked"),
		kemi.IntParam("remove_latency", 120, func(s *state) *int { return &s.latency }, "seconds after which a silent source is forgotten"),
		kemi.IntParam("pike_log_level", 0, func(s *state) *int { return &s.level }, "log level of blocked sources, on the scale of debug="),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "pike_check_req", Returns: kemi.Code, Call: (*state).checkRequest, Doc: "counts the request's source: 1, -2 when it becomes blocked, -1 while it is"},
		{Name: "pike_check_ip", Args: "ip str", Returns: kemi.Code, Call: (*state).checkIP, Doc: "counts a request of an address: 1, -2 when it becomes blocked, -1 while it is or if it is no address"},
	},
	Stats: kemi.Stats[state]{
		{Group: "pike", Name: "blocked_ips", Counter: true, Value: func(s *state) int64 { return s.blocked.Load() }, Doc: "how often a source became blocked"},
	},
	RPC: kemi.Commands[state]{
		{Name: "pike.list", Run: (*state).rpcTop, Doc: "List the blocked sources; with ALL or WARM others too."},
		{Name: "pike.top", Run: (*state).rpcTop, Doc: "List the blocked sources; with ALL or WARM others too."},
	},
})

// state is the module in one server.
type state struct {
	server                        *kemi.Server
	unit, density, latency, level int
	tree                          tree
	blocked                       atomic.Int64 // how often a source became so
}

// Start begins to count time.
func (s *state) Start(server *kemi.Server) error {
	if s.unit < 1 || s.density < 1 {
		return fmt.Errorf("sampling_time_unit=%d, reqs_density_per_unit=%d: both must be at least 1", s.unit, s.density)
	}
	if s.latency < s.unit {
		return fmt.Errorf("remove_latency=%d: it must be at least sampling_time_unit=%d", s.latency, s.unit)
	}
	s.server = server
	s.tree.density = s.density
	server.Every(time.Duration(s.unit)*time.Second, func(context.Context) { s.tree.turn(s.latency / s.unit) })
	return nil
}

func (s *state) checkRequest(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil {
		return kemi.Int(1)
	}
	return s.check(c.Msg.Flow.Remote.Addr())
}

func (s *state) checkIP(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	addr, err := netip.ParseAddr(strings.Trim(a.Str(0), "[]"))
	if err != nil {
		c.Misuse("pike.pike_check_ip", err.Error())
		return kemi.Int(-1)
	}
	return s.check(addr)
}

func (s *state) check(addr netip.Addr) kemi.Value {
	switch s.tree.mark(addr) {
	case blocked:
		return kemi.Int(-1)
	case newBlocked:
		s.blocked.Add(1)
		s.server.Log.Write(log.Level(s.level), "pike", "blocking "+addr.Unmap().String())
		return kemi.Int(-2)
	}
	return kemi.Int(1)
}
