package luatest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/moonroute/moonroute/luatest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// basicScript is the routing script of examples/kemi-basic, which the distribution has.
const basicScript = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

// TestExamples runs the Lua tests that the examples have, as "moonroute test examples" does.
func TestExamples(t *testing.T) {
	stock, err := os.ReadFile("../../cmd/moonroute/default.cfg")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../examples/*/test.lua")
	if err != nil || len(files) == 0 {
		t.Fatal("no tests", err)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(basicScript); err != nil && name == "kemi-basic" {
				t.Skip("left out: the script of Debian's kamailio package is not on this machine")
			}
			inproc.LuaTests(t, luatest.Options{Files: []string{file}, Stock: string(stock)})
		})
	}
}
