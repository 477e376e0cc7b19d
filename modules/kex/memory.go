package kex

import (
	"os"
	"runtime/metrics"
	"strconv"

	"github.com/moonroute/moonroute/core/rpc"
)

// heap is the memory that all shards and modules share.
type heap struct{ used, free, total int64 }

// readHeap asks the runtime without stopping the server.
func readHeap() heap {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/total:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) int64 { return int64(samples[i].Value.Uint64()) }
	return heap{used: value(0), free: value(1), total: value(2)}
}

// pkgStats has one entry per shard, where the incumbent has one per process; with "index"
// or "pid" and a number it answers for some.
func (s *state) pkgStats(c *rpc.Call) error {
	h := readHeap()
	by := c.StrOpt(0, "")
	n, _ := c.AsInt(1)
	for i := range s.srv.Shards() {
		if by == "index" && int(n) != i || by == "pid" && int(n) != os.Getpid() {
			continue
		}
		c.AddStruct().
			Add("entry", i).
			Add("pid", os.Getpid()).
			Add("rank", i+1).
			Add("used", h.used).
			Add("free", h.free).
			Add("real_used", h.total-h.free).
			Add("total_size", h.total).
			Add("total_frags", 0).
			Add("desc", "shard "+strconv.Itoa(i))
	}
	return nil
}

func (s *state) pkgInfo(c *rpc.Call) error {
	c.AddStruct().Add("name", "go").Add("size", readHeap().total)
	return nil
}

// modStats keeps the incumbent's shape: the module's name, then a structure for private
// and one for shared memory.
func (s *state) modStats(c *rpc.Call) error {
	module, err := c.Str(0)
	if err != nil {
		return c.Fault(500, `Module name or "all" needed`)
	}
	if module != "all" {
		s.addModule(c, module, 0)
		return nil
	}
	s.addModule(c, "core", readHeap().used)
	told := map[string]bool{"core": true}
	for _, in := range s.srv.Registry.Modules() {
		if name := in.Info.Name; !told[name] { // app_lua has two tables of functions
			told[name] = true
			s.addModule(c, name, 0)
		}
	}
	return nil
}

func (s *state) addModule(c *rpc.Call, name string, total int64) {
	c.Add("Module: " + name)
	if which := c.StrOpt(1, "all"); which != "shm" {
		c.AddStruct().Add("Total", total)
	}
	if which := c.StrOpt(1, "all"); which != "pkg" {
		c.AddStruct().Add("Total", 0)
	}
	c.Add("")
}
