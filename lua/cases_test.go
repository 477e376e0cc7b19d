package lua

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// TestCases runs each file of testdata/cases: its ksr_request_route says things with say(…),
// and the comments "--> text" hold what it should have said, in order.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			n := new(note)
			limits := kemi.DefaultScriptLimits()
			limits.Time = testLimits.Time
			h := newHost(t, limits, Options{}, n.module(), exits(), echo(new(note)))
			prelude := filepath.Join(t.TempDir(), "prelude.lua")
			write(t, prelude, `function say(...)
				local words = {...}
				for i = 1, select("#", ...) do words[i] = tostring(words[i]) end
				KSR.note.add(table.concat(words, " "))
			end`)
			if err := h.e.Load([]string{prelude, file}); err != nil {
				t.Fatal(err)
			}
			if got := h.run("ksr_request_route"); got != route.Done {
				t.Errorf("outcome %d\n%s", got, h.log)
			}
			compare(t, expected(t, file), strings.Split(n.take(), "\n"))
		})
	}
}

func expected(t *testing.T, file string) (want []string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, comment, ok := strings.Cut(strings.TrimRight(line, "\n"), "--> "); ok {
			want = append(want, comment)
		}
	}
	return want
}

func compare(t *testing.T, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		w, g := "(nothing)", "(nothing)"
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Errorf("line %d: said %q, want %q", i+1, g, w)
		}
	}
}
