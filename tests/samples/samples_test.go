// Package samples builds and runs the code that stands in the documentation.
package samples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/tests/inproc"
)

// block is the first part of a document between a line that begins it and one that ends it.
func block(t *testing.T, document, begin, end string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", document))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), begin+"\n")
	code, _, closed := strings.Cut(rest, "\n"+end)
	if !ok || !closed {
		t.Fatalf("%s has no block from %q to %q", document, begin, end)
	}
	return code
}

// TestModuleOfContributing compiles the module of CONTRIBUTING.md where it would stand.
func TestModuleOfContributing(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "greeter.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "modules/greeter/greeter.go"): source}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{source: block(t, "CONTRIBUTING.md", "```go", "```"), overlay: string(replace)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-overlay", overlay, "./modules/greeter")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestScriptOfReadme runs the script of README.md.
func TestScriptOfReadme(t *testing.T) {
	s := inproc.Start(t, inproc.Options{
		Config: `#!KAMAILIO
listen=udp:192.0.2.1:5060
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "app_lua.so"
modparam("usrloc", "preload", "location")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`,
		Files: []inproc.File{{Name: "routes.lua", Text: block(t, "README.md", "    $ cat routes.lua", "    $ moonroute routes.lua")}},
		Net:   new(fakenet.Pipes),
	})
	phone := s.Peer("192.0.2.2:5060")
	phone.Send(phone.Request("OPTIONS", "sip:bob@192.0.2.1"))
	phone.Expect("404 Not Found")
	phone.Send(phone.Request("REGISTER", "sip:192.0.2.1", "To: <sip:bob@192.0.2.1>"))
	phone.Expect("200 OK")
	phone.Send(phone.Request("MESSAGE", "sip:bob@192.0.2.1"))
	phone.Expect("MESSAGE sip:caller@192.0.2.2:5060")
}
