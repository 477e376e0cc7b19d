package luatest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/luatest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// TestExamplesOfThePage runs what docs/testing-scripts.md shows: the script, its configuration and five files of tests.
func TestExamplesOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/testing-scripts.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var files []string
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.lua") {
			files = append(files, path)
		}
	}
	write("kamailio.cfg", blocks(string(page), "cfg")[0])
	for i, text := range blocks(string(page), "lua") {
		if i == 0 {
			write("routes.lua", text)
		} else {
			write(fmt.Sprintf("example%d_test.lua", i), text)
		}
	}
	if len(files) != 5 {
		t.Errorf("the page has %d examples", len(files))
	}
	inproc.LuaTests(t, luatest.Options{Files: files})
}

// blocks are the texts between ```KIND and ```.
func blocks(text, kind string) (list []string) {
	for {
		_, rest, ok := strings.Cut(text, "```"+kind+"\n")
		if !ok {
			return list
		}
		block, after, _ := strings.Cut(rest, "\n```")
		list = append(list, block+"\n")
		text = after
	}
}
