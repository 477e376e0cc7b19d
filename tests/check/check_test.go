// Package check tests the static check of scripts: one file with each mistake, and the scripts that have none.
package check

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

var update = flag.Bool("update", false, "write what the check finds to the expected output")

// loaded are the modules of the basic script.
const loaded = `#!KAMAILIO
listen=udp:127.0.0.1:5060
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "rtimer.so"
loadmodule "timer.so"
loadmodule "app_lua.so"
cfgengine "lua"
`

// find is what the check says of a script. Lines of the script that begin with "--cfg " go to the configuration.
func find(t *testing.T, script string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	cfg := loaded
	for line := range strings.Lines(string(text)) {
		if own, ok := strings.CutPrefix(line, "--cfg "); ok {
			cfg += own
		}
	}
	cfg += `modparam("app_lua", "load", "` + script + `")` + "\n"
	c, err := config.Load("kamailio.cfg", config.Options{ReadFile: func(path string) ([]byte, error) {
		if path == "kamailio.cfg" {
			return []byte(cfg), nil
		}
		return os.ReadFile(path)
	}})
	if err != nil {
		t.Fatal(err)
	}
	server, err := kemi.New(kemi.Options{Config: c, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}), Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range server.CheckScripts() {
		b.WriteString(f.Check + ": " + f.String() + "\n")
	}
	return b.String()
}

// TestMistakes has a file for each mistake, beside it what the check has to say.
func TestMistakes(t *testing.T) {
	t.Chdir("testdata")
	scripts, err := filepath.Glob("*.lua")
	if err != nil || len(scripts) < 20 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, script := range scripts {
		t.Run(script, func(t *testing.T) {
			expected := strings.TrimSuffix(script, ".lua") + ".txt"
			got := find(t, script)
			if *update {
				if err := os.WriteFile(expected, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRightScripts has nothing to say about the scripts of the examples, nor about the distribution's.
func TestRightScripts(t *testing.T) {
	cfgs, err := filepath.Glob("../../examples/*/kamailio.cfg")
	if err != nil || len(cfgs) == 0 {
		t.Fatalf("%v, %v", cfgs, err)
	}
	for _, path := range cfgs {
		if strings.Contains(path, "/embed/") {
			continue // it has a module of its own
		}
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Chdir(filepath.Dir(path))
			for _, f := range checkConfig(t, "kamailio.cfg", nil) {
				if f.Check == "file" {
					t.Skipf("left out: %s; the package kamailio of Debian brings that file (tests/install-peers as root)", f)
				}
				t.Error(f)
			}
		})
	}
}

// TestOurBasicScript checks the short script of the engine's own tests with the modules of the basic configuration.
func TestOurBasicScript(t *testing.T) {
	script, err := filepath.Abs("../../lua/testdata/basic.lua")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../../examples/kemi-basic")
	for _, f := range checkConfig(t, "kamailio.cfg", []string{"SCRIPT=\"" + script + "\""}) {
		t.Error(f)
	}
}

func checkConfig(t *testing.T, path string, defines []string) []kemi.Finding {
	t.Helper()
	c, err := config.Load(path, config.Options{Defines: defines})
	if err != nil {
		t.Fatal(err)
	}
	server, err := kemi.New(kemi.Options{Config: c, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}), Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	return server.CheckScripts()
}
