package debugger

import (
	"fmt"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "dbg.get_mod_level", Run: (*state).getLevel, Doc: "log level of a module, or of those without one of their own"},
	{Name: "dbg.set_mod_level", Run: (*state).setLevel, Doc: "sets the log level of a module: NAME LEVEL"},
	{Name: "dbg.get_mod_facility", Run: (*state).getFacility, Doc: "syslog facility of a module"},
	{Name: "dbg.set_mod_facility", Run: (*state).setFacility, Doc: "keeps the syslog facility of a module: NAME FACILITY"},
	{Name: "dbg.reset_msgid", Run: (*state).resetMessageID, Doc: "not possible: the numbers of messages are unique for as long as the server runs"},
	{Name: "dbg.ls", Run: (*state).list, Array: true, Doc: "the shards, in the place of processes that breakpoints could stop"},
	{Name: "dbg.bp", Run: (*state).refuse, Doc: "not possible: there are no actions of a configuration to stop at"},
	{Name: "dbg.trace", Run: (*state).refuse, Doc: "not possible: \"moonroute trace\" follows the routes of a script"},
}

func (s *state) getLevel(c *rpc.Call) error {
	name, err := c.AsStr(0)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	c.Add(int64(s.server.Log.ModuleThreshold(speaker(name))))
	return nil
}

func (s *state) setLevel(c *rpc.Call) error {
	name, err := c.AsStr(0)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	level, err := c.AsInt(1)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	s.server.Log.SetModuleThreshold(speaker(name), log.Level(level))
	c.Add("200 ok")
	return nil
}

// facilities are what operators have set; the log itself has none.
type facilities struct {
	mu     sync.Mutex
	byName map[string]string
}

const (
	defaultFacility = "LOG_DAEMON"
	maxFacilities   = 1000 // names that operators may keep
)

func (f *facilities) set(module, facility string) error {
	if !strings.HasPrefix(facility, "LOG_") {
		return fmt.Errorf("%q is no facility, such as LOG_LOCAL1", facility)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byName == nil {
		f.byName = map[string]string{}
	}
	if _, known := f.byName[module]; !known && len(f.byName) >= maxFacilities {
		return fmt.Errorf("%d modules have a facility already", maxFacilities)
	}
	f.byName[module] = facility
	return nil
}

func (f *facilities) of(module string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if x, set := f.byName[module]; set {
		return x
	}
	return defaultFacility
}

func (s *state) addFacility(v kemi.ParamValue) error {
	name, facility, _ := strings.Cut(v.Str, "=")
	return s.facilities.set(strings.TrimSpace(name), strings.TrimSpace(facility))
}

func (s *state) getFacility(c *rpc.Call) error {
	name, err := c.AsStr(0)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	c.Add(s.facilities.of(name))
	return nil
}

func (s *state) setFacility(c *rpc.Call) error {
	name, err := c.AsStr(0)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	facility, err := c.AsStr(1)
	if err != nil {
		return c.Fault(500, "invalid parameters")
	}
	if err := s.facilities.set(name, facility); err != nil {
		return c.Fault(500, "%v", err)
	}
	c.Add("200 ok")
	return nil
}

func (s *state) resetMessageID(c *rpc.Call) error {
	if s.resetID == 0 {
		return c.Fault(500, "reset_msgid is 0. Set it to 1 to enable.")
	}
	return s.refuse(c)
}

func (s *state) refuse(c *rpc.Call) error {
	return c.Fault(500, "%s is not possible here; system.methodHelp %s says why", c.Name(), c.Name())
}

// list has the incumbent's members.
func (s *state) list(c *rpc.Call) error {
	for i := range s.server.Shards() {
		c.AddStruct().Add("entry", int64(i)).Add("pid", int64(i)).Add("set", int64(0)).Add("state", int64(0)).Add("in.pid", int64(0)).Add("in.cmd", int64(0))
	}
	return nil
}
