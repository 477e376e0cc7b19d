package libs

import (
	"os"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
)

// loggingLevels are LuaLogging's levels from the least on, as levels of the server's log.
var loggingLevels = []struct {
	name  string
	level log.Level
}{
	{"DEBUG", log.Debug}, {"INFO", log.Info}, {"WARN", log.Warn}, {"ERROR", log.Err}, {"FATAL", log.Crit}, {"OFF", log.Crit},
}

// loggingPattern is how a record is written to a file where the script does not say it.
const loggingPattern = "%date %level %message\n"

// openLogging makes LuaLogging's library: logging.new(function(self, level, message), level).
func openLogging(h Host, L *glua.LState) int {
	lib := pushTable(L, map[string]glua.LGFunction{
		"new": func(L *glua.LState) int {
			appender := L.CheckFunction(1)
			L.Push(newLogger(L, L.OptString(2, "DEBUG"), func(L *glua.LState, logger *glua.LTable, level int, message string) glua.LValue {
				L.Push(appender)
				L.Push(logger)
				L.Push(glua.LString(loggingLevels[level].name))
				L.Push(glua.LString(message))
				L.Call(3, 1)
				result := L.Get(-1)
				L.Pop(1)
				return result
			}))
			return 1
		},
	})
	lib.RawSetString("_VERSION", glua.LString("LuaLogging 1.3.0"))
	setLevels(lib)
	console := L.NewFunction(func(L *glua.LState) int { return newConsole(h, L) })
	file := L.NewFunction(func(L *glua.LState) int { return newFile(h, L) })
	lib.RawSetString("console", console)
	lib.RawSetString("file", file)
	lib.RawSetString("rolling_file", file)
	return 1
}

// openLoggingConsole gives the constructor itself, as require "logging.console" does.
func openLoggingConsole(h Host, L *glua.LState) int {
	L.Push(L.NewFunction(func(L *glua.LState) int { return newConsole(h, L) }))
	return 1
}

func openLoggingFile(h Host, L *glua.LState) int {
	L.Push(L.NewFunction(func(L *glua.LState) int { return newFile(h, L) }))
	return 1
}

func setLevels(t *glua.LTable) {
	for _, l := range loggingLevels {
		t.RawSetString(l.name, glua.LString(l.name))
	}
}

// appender writes one record; it gives what the logger's method gives.
type appender func(L *glua.LState, logger *glua.LTable, level int, message string) glua.LValue

func levelNumber(name string) int {
	for i, l := range loggingLevels {
		if l.name == strings.ToUpper(name) {
			return i
		}
	}
	return -1
}

// newLogger makes a logger: log(level, ...), a method for each level, and setLevel.
func newLogger(L *glua.LState, level string, write appender) *glua.LTable {
	t := L.NewTable()
	least := max(levelNumber(level), 0)
	record := func(L *glua.LState, level, from int) int {
		if level < least || level == len(loggingLevels)-1 {
			return 0
		}
		L.Push(write(L, t, level, loggingMessage(L, from)))
		return 1
	}
	t.RawSetString("log", L.NewFunction(func(L *glua.LState) int {
		n := levelNumber(L.CheckString(2))
		if n < 0 {
			L.RaiseError("undefined level `%s'", L.CheckString(2))
		}
		return record(L, n, 3)
	}))
	for i, l := range loggingLevels[:len(loggingLevels)-1] {
		t.RawSetString(strings.ToLower(l.name), L.NewFunction(func(L *glua.LState) int { return record(L, i, 2) }))
	}
	t.RawSetString("setLevel", L.NewFunction(func(L *glua.LState) int {
		n := levelNumber(L.CheckString(2))
		if n < 0 {
			L.RaiseError("undefined level `%s'", L.CheckString(2))
		}
		least = n
		return 0
	}))
	t.RawSetString("getPrintFunction", L.NewFunction(func(L *glua.LState) int {
		n := max(levelNumber(L.OptString(2, "DEBUG")), 0)
		L.Push(L.NewFunction(func(L *glua.LState) int { return record(L, n, 1) }))
		return 1
	}))
	setLevels(t)
	return t
}

// loggingMessage is what a call says: a text, a format with its arguments, a function that makes it, or any value.
func loggingMessage(L *glua.LState, from int) string {
	first := L.Get(from)
	switch first := first.(type) {
	case glua.LString:
		if L.GetTop() == from {
			return string(first)
		}
		L.Push(L.GetField(L.GetGlobal("string"), "format"))
	case *glua.LFunction:
		L.Push(first)
		from++
	default:
		return L.ToStringMeta(first).String()
	}
	top := L.GetTop()
	for i := from; i < top; i++ {
		L.Push(L.Get(i))
	}
	L.Call(top-from, 1)
	text := L.ToStringMeta(L.Get(-1)).String()
	L.Pop(1)
	return text
}

// newConsole writes to the server's log: what a server prints, nobody reads.
func newConsole(h Host, L *glua.LState) int {
	pattern := ""
	if form, ok := L.Get(1).(*glua.LTable); ok {
		pattern = fieldOr(form, "logPattern", "")
	}
	L.Push(newLogger(L, "DEBUG", func(_ *glua.LState, _ *glua.LTable, level int, message string) glua.LValue {
		if pattern != "" {
			message = strings.TrimRight(layout(h, pattern, "", level, message), "\n")
		}
		h.Server().Log.Write(loggingLevels[level].level, "<script>", message)
		return glua.LTrue
	}))
	return 1
}

// newFile is logging.file(name [, date pattern [, log pattern]]) or logging.file{filename =, datePattern =, logPattern =}.
// The file is opened for each record, so that it can be moved away, and one with a date in its name is that of the day.
func newFile(h Host, L *glua.LState) int {
	name, dates, pattern := "lualogging.log", "", loggingPattern
	if form, ok := L.Get(1).(*glua.LTable); ok {
		name, dates, pattern = fieldOr(form, "filename", name), fieldOr(form, "datePattern", ""), fieldOr(form, "logPattern", pattern)
	} else {
		name, dates = L.OptString(1, name), L.OptString(2, "")
		pattern = L.OptString(L.GetTop(), pattern)
		if L.GetTop() < 3 {
			pattern = loggingPattern
		}
	}
	L.Push(newLogger(L, "DEBUG", func(L *glua.LState, _ *glua.LTable, level int, message string) glua.LValue {
		var err error
		today := strings.Replace(name, "%s", date(h, dates, "%Y-%m-%d"), 1)
		h.Wait(L, func() { err = appendTo(today, layout(h, pattern, dates, level, message)) })
		if err != nil {
			L.RaiseError("file `%s' could not be opened for writing: %s", today, err.Error())
		}
		return glua.LTrue
	}))
	return 1
}

func appendTo(name, line string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640) //nolint:gosec // the script names it, as with io.open
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// layout puts a record into a pattern.
func layout(h Host, pattern, dates string, level int, message string) string {
	return strings.NewReplacer("%date", date(h, dates, "%Y-%m-%d %H:%M:%S"), "%level", loggingLevels[level].name, "%message", message).Replace(pattern)
}

// date is the time in the form that os.date knows, as far as log files use it.
func date(h Host, form, other string) string {
	if form == "" {
		form = other
	}
	now := h.Server().Clock.Now()
	return strings.NewReplacer(
		"%Y", now.Format("2006"), "%y", now.Format("06"), "%m", now.Format("01"), "%d", now.Format("02"), "%H", now.Format("15"), "%M", now.Format("04"),
		"%S", now.Format("05"), "%b", now.Format("Jan"), "%a", now.Format("Mon"), "%%", "%", "%c", now.Format("Mon Jan _2 15:04:05 2006"),
	).Replace(form)
}
