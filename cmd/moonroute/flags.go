package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// flags are the command line, with the incumbent's letters.
type flags struct {
	file     string
	script   string // SCRIPT.lua instead of a file
	defines  []string
	listen   []string
	check    int
	pidFile  string
	stderr   bool
	logJSON  bool
	watch    bool
	dontFork int
	debug    int
	ignored  map[string]*string
}

// ignoredFlags mean something to the incumbent's processes and memory, nothing here.
var ignoredFlags = map[string]string{
	"m": "shared memory size", "M": "private memory size", "x": "shared memory manager", "X": "private memory manager",
	"n": "worker processes", "N": "TCP worker processes", "u": "user to run as", "g": "group to run as", "w": "working directory",
	"t": "chroot directory", "Y": "runtime directory", "L": "module path", "O": "optimisation level", "b": "maximal receive buffer", "a": "auto aliases mode", "G": "group pid file", "W": "poll method",
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVarP(&f.file, "file", "f", "", "configuration `file`")
	set.StringArrayVarP(&f.defines, "define", "A", nil, "preprocessor define, `NAME[=VALUE]`; may be repeated")
	set.StringArrayVarP(&f.listen, "listen", "l", nil, "listen on `[proto:]host[:port]`, besides the file's sockets; may be repeated")
	set.CountVarP(&f.check, "check", "c", "check configuration and script, and exit")
	set.StringVarP(&f.pidFile, "pid-file", "P", "", "write the process id to `file`")
	set.BoolVarP(&f.stderr, "stderr", "E", false, "log to standard error (always so here)")
	set.BoolVar(&f.watch, "watch", false, "reload the script when it, or a file that it requires, changes")
	set.BoolVar(&f.logJSON, "log-json", false, "log JSON objects, one a line, for programs")
	set.CountVarP(&f.dontFork, "foreground", "D", "stay in the foreground (always so here)")
	set.CountVarP(&f.debug, "debug", "d", "log more; may be repeated")
	f.ignored = map[string]*string{}
	for letter, meaning := range ignoredFlags {
		f.ignored[letter] = set.StringP("incumbent-"+letter, letter, "", "accepted and ignored: "+meaning)
		_ = set.MarkHidden("incumbent-" + letter)
	}
}

// unused names the flags that were given and mean nothing here.
func (f *flags) unused() string {
	var given []string
	for letter, value := range f.ignored {
		if *value != "" {
			given = append(given, "-"+letter)
		}
	}
	return strings.Join(given, " ")
}
