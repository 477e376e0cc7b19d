package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what Load gives into the .want files")

// TestCases loads each testdata/cases/NAME.cfg and compares what comes out with NAME.want.
// Lines of the file that begin with "# -A " are defines of the command line.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.cfg")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	got := loadAndPrint(t, file)
	wantFile := strings.TrimSuffix(file, ".cfg") + ".want"
	if *update {
		if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// loadAndPrint prints the configuration, or what is wrong with it.
func loadAndPrint(t *testing.T, file string) string {
	cfg, err := Load(file, Options{Defines: caseDefines(t, file), Env: caseEnv})
	var wrong Errors
	if errors.As(err, &wrong) {
		return strings.ReplaceAll(wrong.Error()+"\n", "testdata/cases/", "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(printConfig(cfg), "testdata/cases/", "")
}

func caseEnv(name string) (string, bool) {
	value, ok := map[string]string{"HOME": "/root", "ADDR": "127.0.0.1"}[name]
	return value, ok
}

func caseDefines(t *testing.T, file string) (list []string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if arg, ok := strings.CutPrefix(strings.TrimSpace(line), "# -A "); ok {
			list = append(list, arg)
		}
	}
	return list
}

// printConfig writes what is in a configuration, a line an item. Positions are line:column.
func printConfig(c *Config) string {
	var b strings.Builder
	line := func(pos Pos, format string, args ...any) {
		fmt.Fprintf(&b, "%s:%d:%d ", filepath.Base(pos.File), pos.Line, pos.Column)
		fmt.Fprintf(&b, format+"\n", args...)
	}
	for _, s := range c.Globals {
		line(s.Pos, "set %s = %s%s", s.Name, printValue(s.Value), prefixed(" desc ", s.Desc))
	}
	for _, l := range c.Listens {
		line(l.Pos, "listen %s%s", endpointText(l.Proto, l.Host, l.Port), listenExtras(l))
	}
	for _, a := range c.Aliases {
		line(a.Pos, "alias %s", endpointText(a.Proto, a.Host, a.Port))
	}
	for _, f := range c.Flags {
		line(f.Pos, "flag %s %d", f.Name, f.Number)
	}
	for _, m := range c.Modules {
		line(m.Pos, "module %s", m.Name)
	}
	for _, p := range c.Params {
		line(p.Pos, "param %s %s = %s", p.Module, p.Name, printValue(p.Value))
	}
	for _, dir := range c.LoadPaths {
		fmt.Fprintf(&b, "loadpath %q\n", dir)
	}
	if c.Engine != "" {
		line(c.EnginePos, "engine %s", c.Engine)
	}
	for _, name := range c.DefineNames {
		if !strings.HasPrefix(name, "MOD_") && !strings.HasPrefix(name, "KAMAILIO_") {
			fmt.Fprintf(&b, "define %s [%s]\n", name, c.Defines[name])
		}
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w.Error())
	}
	return b.String()
}

func printValue(v Value) string {
	if v.Kind == Str {
		return fmt.Sprintf("%q", v.Str)
	}
	return v.String()
}

func endpointText(proto, host string, port uint16) string {
	if proto == "" {
		proto = "any"
	}
	return fmt.Sprintf("%s %s %d", proto, host, port)
}

func listenExtras(l Listen) string {
	s := prefixed(" name ", l.Name) + prefixed(" advertise ", l.AdvertiseHost)
	if l.AdvertiseHost != "" {
		s += fmt.Sprintf(" %d", l.AdvertisePort)
	}
	if l.Virtual {
		s += " virtual"
	}
	if l.Workers > 0 {
		s += fmt.Sprintf(" workers %d", l.Workers)
	}
	return s + prefixed(" agname ", l.AsyncGroup) + prefixed(" vrf ", l.VRF)
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + fmt.Sprintf("%q", s)
}
