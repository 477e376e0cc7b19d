// Package docs holds tests that keep the documentation true: tables in READMEs are those
// of the modules, and the Lua examples fit the functions that exist.
package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

const root = "../.."

func TestReadmesHaveThePresentTables(t *testing.T) {
	for _, d := range kemi.Document(modules.All()) {
		path := filepath.Join(root, "modules", d.Name, "README.md")
		present, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("module %s: %v", d.Name, err)
			continue
		}
		if d.Readme(string(present)) != string(present) {
			t.Errorf("%s is not up to date: run moonroute api --readme modules", path)
		}
	}
}

// sections are what people write around the generated tables.
var sections = []string{"\n## Dependencies\n", "\n## Example\n"}

func TestReadmesHaveTheirSections(t *testing.T) {
	for _, d := range kemi.Document(modules.All()) {
		path := filepath.Join(root, "modules", d.Name, "README.md")
		text, err := os.ReadFile(path)
		if err != nil {
			continue // the other test tells
		}
		if !strings.HasPrefix(string(text), "# "+d.Name+"\n") {
			t.Errorf("%s does not begin with the module's name", path)
		}
		for _, section := range sections {
			if !strings.Contains(string(text), section) {
				t.Errorf("%s lacks the section %q", path, strings.TrimSpace(section))
			}
		}
	}
}

func TestEveryRowIsDocumented(t *testing.T) {
	for _, d := range kemi.Document(modules.All()) {
		for name, doc := range rows(d) {
			if strings.TrimSpace(doc) == "" {
				t.Errorf("module %s: %s has no Doc", d.Name, name)
			}
		}
	}
}

// rows are the names and texts of everything that a module declares.
func rows(d *kemi.ModuleDoc) map[string]string {
	all := map[string]string{"the module": d.Doc}
	for _, p := range d.Params {
		all["parameter "+p.Name] = p.Doc
	}
	for i := range d.Funcs {
		all[d.Funcs[i].Signature()] = d.Funcs[i].Doc
	}
	for _, c := range d.RPC {
		all["command "+c.Name] = c.Doc
	}
	for _, v := range d.Vars {
		all[v.Name] = v.Doc
	}
	for _, x := range d.Transformations {
		all[x.Name] = x.Doc
	}
	for _, s := range d.Stats {
		all["statistic "+s.Name] = s.Doc
	}
	for _, e := range d.Events {
		all["event "+e.Name] = e.Doc
	}
	return all
}

func TestLuaExamplesFit(t *testing.T) {
	engine := openEngine(t)
	for _, pattern := range []string{"*.md", "*/*.md", "*/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			checkExamples(t, engine, file)
		}
	}
}

// openEngine is the Lua engine of a server with every module, which is not started.
func openEngine(t *testing.T) kemi.Engine {
	cfg, err := config.Load("docs.cfg", config.Options{ReadFile: func(string) ([]byte, error) {
		return []byte("listen=udp:127.0.0.1:5060\n"), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	o := kemi.Options{Config: cfg, Modules: modules.All(), Engine: lua.New(lua.Options{}), Shards: 1}
	for _, m := range o.Modules {
		o.Always = append(o.Always, m.Info().Name)
	}
	server, err := kemi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return server.Engine
}

func checkExamples(t *testing.T, engine kemi.Engine, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, script := range luaBlocks(string(text)) {
		if strings.Contains(script, "\"moonroute.test\"") {
			continue // a test of a script, which tests/luatest runs
		}
		path := filepath.Join(t.TempDir(), "example.lua")
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, finding := range engine.Check([]string{path}) {
			t.Errorf("%s, Lua example %d: %s", file, i+1, finding)
		}
	}
}

// luaBlocks are the texts between ```lua and ```.
func luaBlocks(text string) (blocks []string) {
	for {
		_, rest, ok := strings.Cut(text, "```lua\n")
		if !ok {
			return blocks
		}
		block, after, _ := strings.Cut(rest, "\n```")
		blocks = append(blocks, block)
		text = after
	}
}

func TestLuaBlocks(t *testing.T) {
	got := luaBlocks("a\n```lua\none\n```\nb\n```cfg\nno\n```\n```lua\ntwo\nlines\n```\n")
	if want := `["one" "two\nlines"]`; fmt.Sprintf("%q", got) != want {
		t.Errorf("the blocks are %q, want %s", got, want)
	}
}
