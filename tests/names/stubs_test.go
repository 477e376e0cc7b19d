package names

import (
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

// TestStubsAreLua reads the declarations for the Lua language server as Lua, and looks for each function in them.
func TestStubsAreLua(t *testing.T) {
	docs := kemi.Document(modules.All())
	var b strings.Builder
	if err := kemi.WriteStubs(&b, docs); err != nil {
		t.Fatal(err)
	}
	if _, err := parse.Parse(strings.NewReader(b.String()), "ksr.lua"); err != nil {
		t.Fatal(err)
	}
	functions := 0
	for _, m := range docs {
		for _, f := range m.Funcs {
			name := "KSR."
			if f.Table != "" {
				name += f.Table + "."
			}
			if functions++; !strings.Contains(b.String(), "\nfunction "+name+f.Name+"(") {
				t.Errorf("no declaration of %s%s", name, f.Name)
			}
		}
	}
	if functions < 500 {
		t.Errorf("only %d functions", functions)
	}
}
