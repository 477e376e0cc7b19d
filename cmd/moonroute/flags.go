package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// flags are the command line, with the incumbent's letters.
type flags struct {
	file    string
	script  string // SCRIPT.lua instead of a file
	defines []string
	listen  []string
	check   int
	pidFile string
	// pidWritten tells that the file is this process's.
	pidWritten bool
	user       string
	group      string
	workDir    string
	stderr     bool
	logJSON    bool
	watch      bool
	dontFork   int
	debug      int
	lines      configLines
	ignored    []string // flags that have no meaning here
}

// ignoredFlags mean something to the incumbent's processes and memory, nothing here.
var ignoredFlags = map[string]string{
	"m": "shared memory size", "M": "private memory size", "x": "shared memory manager", "X": "private memory manager",
	"n": "worker processes", "N": "TCP worker processes", "Q": "SCTP worker processes",
	"t": "chroot directory", "L": "module path", "O": "optimisation level", "b": "maximal receive buffer", "a": "auto aliases mode", "G": "group pid file", "W": "poll method",
	"atexit": "calls at the end of the process", "log-engine": "log engine",
}

// ignoredSwitches are such flags without a value.
var ignoredSwitches = map[string]string{
	"e": "colours (by themselves on a terminal)", "K": "check of Via hosts", "r": "DNS for received=", "R": "reverse DNS for received=", "S": "no SCTP",
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVarP(&f.file, "file", "f", "", "configuration `file`")
	set.StringArrayVarP(&f.defines, "define", "A", nil, "preprocessor define, `NAME[=VALUE]`; may be repeated")
	set.StringArrayVarP(&f.listen, "listen", "l", nil, "listen on `[proto:]host[:port]`, besides the file's sockets; may be repeated")
	set.CountVarP(&f.check, "check", "c", "check configuration and script, and exit")
	set.StringVarP(&f.pidFile, "pid-file", "P", "", "write the process id to `file`, until the end")
	set.StringVarP(&f.user, "user", "u", "", "started as root, go on as this `user` once the sockets are open (parameter user)")
	set.StringVarP(&f.group, "group", "g", "", "and with this `group` (parameter group); the user's own unless given")
	set.StringVarP(&f.workDir, "workdir", "w", "", "change to this `folder` first")
	set.BoolVarP(&f.stderr, "stderr", "E", false, "log to standard error (always so here)")
	set.BoolVar(&f.watch, "watch", false, "reload the script when it, or a file that it requires, changes")
	set.BoolVar(&f.logJSON, "log-json", false, "log JSON objects, one a line, for programs")
	set.CountVarP(&f.dontFork, "foreground", "D", "stay in the foreground (always so here)")
	set.CountVarP(&f.debug, "debug", "d", "log more; may be repeated")
	f.lines.register(set)
	for name, meaning := range ignoredFlags {
		f.ignore(set, name, meaning, "")
	}
	for name, meaning := range ignoredSwitches {
		f.ignore(set, name, meaning, "true")
	}
}

// ignore accepts a flag that has no meaning here. A flag whose value may be left out has one for that case.
func (f *flags) ignore(set *pflag.FlagSet, name, meaning, noValue string) {
	long, short := name, ""
	if len(name) == 1 {
		long, short = "incumbent-"+name, name
	}
	flag := set.VarPF(&noted{f, name}, long, short, "accepted and ignored: "+meaning)
	flag.NoOptDefVal, flag.Hidden = noValue, true
}

// noted is the value of a flag that is ignored.
type noted struct {
	flags *flags
	name  string
}

// String implements pflag.Value.
func (n *noted) String() string { return "" }

// Type implements pflag.Value.
func (n *noted) Type() string { return "string" }

// Set implements pflag.Value.
func (n *noted) Set(string) error {
	dash := "-"
	if len(n.name) > 1 {
		dash = "--"
	}
	n.flags.ignored = append(n.flags.ignored, dash+n.name)
	return nil
}

// unused names the flags that were given and mean nothing here.
func (f *flags) unused() string {
	slices.Sort(f.ignored)
	return strings.Join(slices.Compact(f.ignored), " ")
}
