package core

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// commands are the core commands that are about this server as a whole.
var commands = kemi.Commands[state]{
	{Name: "core.version", Run: (*state).version, Doc: "version of the server"},
	{Name: "core.uptime", Run: (*state).uptime, Doc: "when the server started and how long ago that was, in seconds"},
	{Name: "core.info", Run: (*state).info, Doc: "how the server was built"},
	{Name: "core.flags", Run: (*state).flags, Doc: "what the build supports"},
	{Name: "core.runinfo", Run: (*state).runInfo, Doc: "summary of the running server"},
	{Name: "core.modules", Run: (*state).modules, Array: true, Doc: "names of the loaded modules, the last one first"},
	{Name: "core.arg", Run: (*state).arg, Array: true, Doc: "the command line"},
	{Name: "core.pwd", Run: (*state).pwd, Array: true, Doc: "the working directory"},
	{Name: "core.ps", Run: (*state).ps, Array: true, Doc: "the shards, in the place of worker processes"},
	{Name: "core.psx", Run: (*state).psx, Array: true, Doc: "the shards as structures"},
	{Name: "core.psa", Run: (*state).psa, Array: true, Doc: "the shards with all that is known of them"},
	{Name: "core.sockets_list", Run: (*state).sockets, Array: true, Doc: "the sockets that the server listens on"},
	{Name: "core.aliases_list", Run: (*state).aliases, Doc: "the names that are this server"},
	{Name: "core.tcp_info", Run: (*state).tcpInfo, Doc: "stream connections in numbers"},
	{Name: "core.tcp_list", Run: (*state).tcpList, Array: true, Doc: "the stream connections"},
	{Name: "core.tcp_options", Run: (*state).tcpOptions, Doc: "limits and times of stream connections"},
	{Name: "core.ppdefines", Run: (*state).defines, Array: true, Doc: "names that the preprocessor knows"},
	{Name: "core.ppdefines_full", Run: (*state).definesFull, Array: true, Doc: "names that the preprocessor knows, with their values"},
	{Name: "core.shmmem", Run: (*state).memory, Doc: "memory of the process, in the place of shared memory, in bytes"},
}

func (s *state) version(c *rpc.Call) error {
	c.Add(s.banner())
	return nil
}

func (s *state) banner() string {
	return fmt.Sprintf("moonroute %s (%s/%s)", s.srv.Version, runtime.GOARCH, runtime.GOOS)
}

func (s *state) uptime(c *rpc.Call) error {
	now := s.srv.Clock.Now()
	c.AddStruct().
		Add("now", now.Format(time.ANSIC)).
		Add("up_since", s.srv.Started.Format(time.ANSIC)).
		Add("uptime", int64(now.Sub(s.srv.Started)/time.Second))
	return nil
}

func (s *state) info(c *rpc.Call) error {
	c.AddStruct().
		Add("version", "moonroute "+s.srv.Version).
		Add("id", s.srv.Version).
		Add("compiler", runtime.Version()).
		Add("compiled", "").
		Add("flags", buildFlags)
	return nil
}

// buildFlags name what scripts and tools ask the incumbent's flags for.
const buildFlags = "USE_UDP, USE_TCP"

func (s *state) flags(c *rpc.Call) error {
	c.Add(buildFlags)
	return nil
}

func (s *state) runInfo(c *rpc.Call) error {
	now := s.srv.Clock.Now()
	up := now.Sub(s.srv.Started)
	c.AddStruct().
		Add("name", "moonroute").
		Add("version", s.srv.Version).
		Add("sourceid", s.srv.Version).
		Add("compiler", runtime.Version()).
		Add("compiled", "").
		Add("time_now", now.Format(time.ANSIC)).
		Add("time_started", s.srv.Started.Format(time.ANSIC)).
		Add("uptime_secs", int64(up/time.Second)).
		Add("utime_days", days(up))
	return nil
}

func days(d time.Duration) string {
	n := int64(d / time.Second)
	return fmt.Sprintf("%dd %dh %dm %ds", n/86400, n/3600%24, n/60%60, n%60)
}

func (s *state) modules(c *rpc.Call) error {
	loaded := s.srv.Config.Modules
	for _, m := range slices.Backward(loaded) {
		c.Add(m.Name)
	}
	return nil
}

func (s *state) arg(c *rpc.Call) error {
	for _, a := range s.srv.Args {
		c.Add(a)
	}
	return nil
}

func (s *state) pwd(c *rpc.Call) error {
	dir, err := os.Getwd()
	if err != nil {
		return c.Fault(500, "working directory: %v", err)
	}
	c.Add(dir)
	return nil
}

func (s *state) ps(c *rpc.Call) error {
	for i := range s.srv.Shards() {
		c.Add(os.Getpid(), shardName(i))
	}
	return nil
}

func shardName(i int) string { return fmt.Sprintf("shard %d", i) }

func (s *state) psx(c *rpc.Call) error {
	for i := range s.srv.Shards() {
		c.AddStruct().Add("IDX", i).Add("PID", os.Getpid()).Add("DSC", shardName(i))
	}
	return nil
}

func (s *state) psa(c *rpc.Call) error {
	for i, sh := range s.srv.Shards() {
		c.AddStruct().
			Add("index", i).Add("pid", os.Getpid()).Add("status", 1).Add("rank", i).
			Add("description", shardName(i)).
			Add("waits", int64(sh.Stats.Waits.Load())).
			Add("waits_refused", int64(sh.Stats.Refused.Load())).
			Add("overload", int64(sh.Stats.Overload.Load()))
	}
	return nil
}

func (s *state) sockets(c *rpc.Call) error {
	out := c.AddStruct()
	for _, sock := range s.srv.Core.Sockets() {
		row := out.Struct("socket")
		addr := sock.Addr.Addr().Unmap().String()
		row.Add("proto", sock.Proto.String()).Add("address", cmp.Or(sock.HostName, addr)).Add("ipaddress", addr).Add("port", sock.PortText)
		if sock.AdvertiseHost != "" {
			host, port := sock.SentBy()
			row.Add("advertise", host+":"+port)
		}
		row.Add("mcast", yesNo(sock.Addr.Addr().IsMulticast())).Add("mhomed", "no").Add("virtual", yesNo(sock.Virtual))
	}
	return nil
}

func (s *state) aliases(c *rpc.Call) error {
	callbacks := "no"
	if s.srv.Core.HasSelfChecks() {
		callbacks = "yes"
	}
	out := c.AddStruct().Add("myself_callbacks", callbacks)
	list := out.List("aliases")
	for _, a := range slices.Backward(s.srv.Core.Aliases()) { // the newest first, as the incumbent
		proto := "*"
		if a.Proto != flow.None {
			proto = a.Proto.String()
		}
		row := list.Struct("").Struct("alias").Add("proto", proto).Add("address", a.Host)
		if a.Port == 0 {
			row.Add("port", "*")
		} else {
			row.Add("port", int(a.Port))
		}
	}
	return nil
}

func (s *state) defines(c *rpc.Call) error {
	for _, name := range s.srv.Config.DefineNames {
		c.Add(name)
	}
	return nil
}

func (s *state) definesFull(c *rpc.Call) error {
	for _, name := range s.srv.Config.DefineNames {
		value := s.srv.Config.Defines[name]
		if value == "" {
			value = "none"
		}
		c.AddStruct().Add("name", name).Add("type", 0).Add("value", value)
	}
	return nil
}
