package corex

import (
	"cmp"
	"runtime"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// commands keep the incumbent's names and shapes. There is no shared memory here: the shm commands tell about the
// memory of the process.
var commands = kemi.Commands[state]{
	{Name: "corex.debug", Run: (*state).debug, Doc: "the log level, or with a number sets it"},
	{Name: "corex.list_sockets", Run: (*state).listSockets, Array: true, Doc: "the sockets that the server listens on"},
	{Name: "corex.list_aliases", Run: (*state).listAliases, Array: true, Doc: "further names of this server, the last one first"},
	{Name: "corex.shm_status", Run: (*state).logMemory, Doc: "writes a line about memory to the log"},
	{Name: "corex.shm_summary", Run: (*state).logMemory, Doc: "writes a line about memory to the log"},
	{Name: "corex.pkg_summary", Run: (*state).logProcessMemory, Doc: "writes a line about memory to the log; takes a selector (idx, pid, rank, all) and its value"},
	{Name: "shm.info", Run: (*state).memoryInfo, Doc: "the memory allocator and its size in bytes"},
	{Name: "shm.stats", Run: (*state).memoryStats, Doc: "memory in bytes"},
	{Name: "shm.report", Run: (*state).memoryReport, Doc: "memory in bytes and fragments"},
	{Name: "shm.rprint", Run: (*state).logMemory, Doc: "writes a line about memory to the log"},
}

func (s *state) debug(c *rpc.Call) error {
	old := int(s.srv.Log.Threshold())
	out := c.AddStruct()
	level, err := c.Int(0)
	if err != nil {
		out.Add("debug", old)
		return nil
	}
	s.srv.Log.SetThreshold(log.Level(level))
	out.Add("old", old).Add("new", level)
	return nil
}

func (s *state) listSockets(c *rpc.Call) error {
	for _, sock := range s.srv.Core.Sockets() {
		addr := sock.Addr.Addr().Unmap().String()
		out := c.AddStruct().Add("PROTO", sock.Proto.String()).Add("NAME", cmp.Or(sock.HostName, addr))
		out.Struct("ADDRLIST").Add("ADDR", addr)
		out.Add("PORT", sock.PortText).Add("MCAST", yesNo(sock.Addr.Addr().IsMulticast())).Add("MHOMED", "no").Add("VIRTUAL", yesNo(sock.Virtual)).
			Add("SOCKNAME", orDash(sock.Name)).Add("ADVERTISE", orDash(strings.Trim(sock.AdvertiseHost, "[]")))
	}
	return nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (s *state) listAliases(c *rpc.Call) error {
	list := s.srv.Core.Aliases()
	for i := len(list) - 1; i >= 0; i-- {
		proto := "*"
		if list[i].Proto != flow.None {
			proto = list[i].Proto.String()
		}
		c.AddStruct().Add("PROTO", proto).Add("ADDR", list[i].Host).Add("PORT", list[i].Port)
	}
	return nil
}

func memory() (m runtime.MemStats) {
	runtime.ReadMemStats(&m)
	return m
}

func (s *state) logMemory(*rpc.Call) error {
	m := memory()
	s.srv.Log.Print(log.Notice, "corex: memory: "+bytes(m.HeapAlloc)+" in use of "+bytes(m.Sys)+" from the system, "+bytes(m.HeapObjects)+" objects")
	return nil
}

func (s *state) logProcessMemory(c *rpc.Call) error {
	if c.Len() == 0 {
		return c.Fault(400, "Selector and value not provided")
	}
	return s.logMemory(c)
}

func bytes(n uint64) string { return kemi.Int64(int64(n)).Text() }

func (s *state) memoryInfo(c *rpc.Call) error {
	c.AddStruct().Add("name", "go").Add("size", memory().Sys)
	return nil
}

func (s *state) memoryStats(c *rpc.Call) error {
	m := memory()
	c.AddStruct().Add("total", m.Sys).Add("free", m.HeapIdle).Add("used", m.HeapAlloc).
		Add("real_used", m.HeapInuse+m.StackInuse).Add("max_used", m.HeapSys).Add("fragments", m.HeapObjects)
	return nil
}

func (s *state) memoryReport(c *rpc.Call) error {
	m := memory()
	c.AddStruct().Add("total_size", m.Sys).Add("free_size_s", m.HeapIdle).Add("used_size_s", m.HeapAlloc).
		Add("real_used_s", m.HeapInuse+m.StackInuse).Add("max_used_s", m.HeapSys).
		Add("free_frags", m.Frees).Add("used_frags", m.HeapObjects).Add("total_frags", m.Mallocs)
	return nil
}
