package libs

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
)

// syslogLevels are the priorities of syslog, from LOG_EMERG on, as levels of the server's log.
var syslogLevels = []struct {
	name  string
	level log.Level
}{
	{"LOG_EMERG", log.Alert}, {"LOG_ALERT", log.Alert}, {"LOG_CRIT", log.Crit}, {"LOG_ERR", log.Err},
	{"LOG_WARNING", log.Warn}, {"LOG_NOTICE", log.Notice}, {"LOG_INFO", log.Info}, {"LOG_DEBUG", log.Debug},
}

// openSyslog makes posix.syslog: its records go to the server's own log, whose keeper decides
// where they are stored.
func openSyslog(h Host, L *glua.LState) int {
	lib := L.NewTable()
	for i, p := range syslogLevels {
		lib.RawSetString(p.name, glua.LNumber(i))
	}
	for i, name := range []string{"LOG_PID", "LOG_CONS", "LOG_NDELAY", "LOG_USER", "LOG_DAEMON", "LOG_LOCAL0"} {
		lib.RawSetString(name, glua.LNumber(int(1)<<i)) // accepted by openlog, without effect
	}
	nothing := L.NewFunction(func(*glua.LState) int { return 0 })
	lib.RawSetString("openlog", nothing)
	lib.RawSetString("closelog", nothing)
	lib.RawSetString("setlogmask", nothing)
	lib.RawSetString("syslog", L.NewFunction(func(L *glua.LState) int { return syslogWrite(h, L) }))
	L.Push(lib)
	return 1
}

// syslogWrite is syslog(priority, message). A facility added to the priority is taken off.
func syslogWrite(h Host, L *glua.LState) int {
	priority, text := L.CheckInt(1)&7, L.CheckString(2)
	h.Server().Log.Write(syslogLevels[priority].level, "<script>", text)
	return 0
}
