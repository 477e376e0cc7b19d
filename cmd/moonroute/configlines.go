package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// configLines are flags that stand for lines at the end of the configuration file.
type configLines struct{ text []string }

// lineFlags are these flags, each with the line that it stands for.
var lineFlags = []struct {
	long, short, value, usage, format string
}{
	{"rundir", "Y", "folder", "folder of control sockets that are named without one (parameter run_dir)", "run_dir=%s"},
	{"alias", "", "name", "a further name that is this server, `[proto:]host[:port]`; may be repeated", "alias=%s"},
	{"server-id", "", "number", "number of this server (parameter server_id)", "server_id=%s"},
	{"loadmodule", "", "module", "load a module; may be repeated", "loadmodule %s"},
	{"modparam", "", "text", "a module's parameter, `MODULE:NAME:TYPE:VALUE`, TYPE s or i; may be repeated", ""},
	{"no-tcp", "T", "", "no TCP on sockets without a protocol (parameter disable_tcp)", "disable_tcp=yes"},
}

func (l *configLines) register(set *pflag.FlagSet) {
	for _, x := range lineFlags {
		flag := set.VarPF(&lineFlag{l, x.format, x.value}, x.long, x.short, x.usage)
		if x.value == "" {
			flag.NoOptDefVal = "true"
		}
	}
}

// lineFlag is the value of a flag that stands for a line.
type lineFlag struct {
	lines         *configLines
	format, value string
}

// String implements pflag.Value.
func (l *lineFlag) String() string { return "" }

// Type implements pflag.Value.
func (l *lineFlag) Type() string { return l.value }

// Set implements pflag.Value.
func (l *lineFlag) Set(value string) error {
	line := l.format
	switch {
	case l.format == "":
		var err error
		if line, err = modparamLine(value); err != nil {
			return err
		}
	case l.value != "":
		line = fmt.Sprintf(l.format, l.written(value))
	default: // a switch: --no-tcp=false takes nothing back, since the file may say it too
		if on, err := strconv.ParseBool(value); err != nil || !on {
			return err
		}
	}
	l.lines.text = append(l.lines.text, line)
	return nil
}

// modparamLine reads module:name:type:value.
func modparamLine(text string) (string, error) {
	parts := strings.SplitN(text, ":", 4)
	if len(parts) != 4 || parts[2] != "s" && parts[2] != "i" {
		return "", errors.New("want MODULE:NAME:s:VALUE or MODULE:NAME:i:NUMBER")
	}
	if parts[2] == "s" {
		parts[3] = inQuotes(parts[3])
	}
	return fmt.Sprintf("modparam(%s, %s, %s)", inQuotes(parts[0]), inQuotes(parts[1]), parts[3]), nil
}

// written is a value as the file has it.
func (l *lineFlag) written(value string) string {
	if l.value == "number" || l.value == "name" { // an address in quotes has no port
		return value
	}
	return inQuotes(value)
}

// inQuotes is a text as a string of the configuration file.
func inQuotes(text string) string { return `"` + escaped(text) + `"` }

// escaped is a text as it stands inside a string of the configuration file.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}

// after has the lines follow the file of that path.
func (l *configLines) after(path string, read func(string) ([]byte, error)) func(string) ([]byte, error) {
	if len(l.text) == 0 {
		return read
	}
	return func(name string) ([]byte, error) {
		data, err := read(name)
		if err != nil || name != path {
			return data, err
		}
		return append(data, "\n"+strings.Join(l.text, "\n")+"\n"...), nil
	}
}
