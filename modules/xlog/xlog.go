// Package xlog writes texts with pseudo-variables to the log.
package xlog

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the xlog module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "xlog",
	Doc:  "Log records with pseudo-variables in their text. A record whose level is not written costs nothing: its text is not built.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("buf_size", 4096, func(s *state) *int { return &s.size }, "most bytes of a record; the rest is cut off"),
		kemi.StrParam("prefix", defaultPrefix, func(s *state) *string { return &s.prefix }, "what a record begins with"),
		kemi.IntParam("prefix_mode", 0, func(s *state) *int { return &s.prefixMode }, "1 expands variables in the prefix"),
		kemi.IntParam("auto_newline", 0, func(s *state) *int { return &s.unused }, "accepted; every record is a line of its own"),
		kemi.IntParam("long_format", 0, func(s *state) *int { return &s.unused }, "accepted; the functions that use it are not there for Lua"),
		kemi.IntParam("methods_filter", -1, func(s *state) *int { return &s.unused }, "accepted; the functions that use it are not there for Lua"),
		kemi.IntParam("force_color", 0, func(s *state) *int { return &s.unused }, "accepted; $C always gives colours"),
		kemi.StrParam("log_facility", "", func(s *state) *string { return &s.facility }, "accepted; records go to standard error, not to syslog"),
		kemi.FuncParam("log_colors", kemi.KindStr, `""`, func(*state, kemi.ParamValue) error { return nil }, "accepted; levels have their own colours"),
	},
	Funcs: makeFuncs(),
	Vars:  vars,
})

const defaultPrefix = "<script>: "

type state struct {
	size, prefixMode, unused int

	prefix, facility string
	format           *kemi.Format // of the prefix, if it holds variables
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) (err error) {
	if s.prefixMode != 0 {
		s.format, err = srv.Registry.Format(s.prefix)
	}
	return err
}

// levels are the functions that write at one level.
var levels = []struct {
	name  string
	level log.Level
}{
	{"xalert", log.Alert}, {"xcrit", log.Crit}, {"xerr", log.Err}, {"xwarn", log.Warn},
	{"xnotice", log.Notice}, {"xinfo", log.Info}, {"xdbg", log.Debug},
}

func makeFuncs() kemi.Funcs[state] {
	list := kemi.Funcs[state]{
		{Name: "xlog", Args: "level str, format str", Returns: kemi.Code, Doc: "writes a record at a level such as L_INFO; the third letter names it, L_ERR is taken for others",
			Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.write(c, levelOf(a.Str(0)), a.At(1)) }},
		{Name: "xlog_facility", Args: "facility str, level str, format str", Returns: kemi.Code, Doc: "xlog; the facility has no meaning here",
			Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.write(c, levelOf(a.Str(1)), a.At(2)) }},
	}
	for _, l := range levels {
		list = append(list, kemi.Func[state]{
			Name: l.name, Args: "format str", Returns: kemi.Code, Doc: "writes a record: 1, or -1 if the format is wrong",
			Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.write(c, l.level, a.At(0)) },
		})
	}
	return list
}

// levelOf reads a level by its third letter, as the incumbent does: L_INFO is one, info is none.
func levelOf(name string) log.Level {
	if len(name) < 3 {
		return log.Err
	}
	switch name[2] {
	case 'A':
		return log.Alert
	case 'B':
		return log.Bug
	case 'C':
		return log.Crit
	case 'W':
		return log.Warn
	case 'N':
		return log.Notice
	case 'I':
		return log.Info
	case 'D':
		return log.Debug
	}
	return log.Err
}

func (s *state) write(c *kemi.Ctx, level log.Level, format kemi.Value) kemi.Value {
	logger := c.Server.Log
	switch {
	case !logger.Enabled(level):
		return kemi.Int(1)
	case format.IsNull():
		return kemi.Int(-1)
	}
	f, err := c.Server.Registry.Format(format.Text())
	if err != nil {
		c.Misuse("xlog", err.Error())
		return kemi.Int(-1)
	}
	record := make([]byte, 0, len(s.prefix)+2*len(format.Text()))
	if s.format != nil {
		record = s.format.Append(record, c)
	} else {
		record = append(record, s.prefix...)
	}
	start := len(record)
	record = f.Append(record, c)
	if s.size > 0 && len(record) > start+s.size {
		record = record[:start+s.size]
	}
	logger.Print(level, oneLine(string(record)))
	return kemi.Int(1)
}

// oneLine keeps a peer from writing records of its own: line ends within the text, which come from message parts, are
// shown, not written. A text that ends in a newline is not an empty line more.
func oneLine(text string) string {
	text = strings.TrimRight(text, "\r\n")
	if strings.IndexByte(text, '\n') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\n\t")
}
