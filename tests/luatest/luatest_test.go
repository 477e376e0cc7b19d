// Package luatest_test runs files of Lua tests as users have them, and looks at what is
// reported of those that fail.
package luatest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/luatest"
	"github.com/moonroute/moonroute/modules"
	"github.com/moonroute/moonroute/tests/inproc"
)

func TestFeatures(t *testing.T) {
	files, err := filepath.Glob("testdata/*_test.lua")
	if err != nil {
		t.Fatal(err)
	}
	inproc.LuaTests(t, luatest.Options{Files: files})
}

func run(t *testing.T, o luatest.Options) *luatest.Report {
	t.Helper()
	o.Modules, o.Always, o.Version = modules.All(), modules.Always(), "test"
	report, err := luatest.Run(o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestFailuresAreReadable compares the report of cases that fail with the one that we like.
func TestFailuresAreReadable(t *testing.T) {
	report := run(t, luatest.Options{Files: []string{"testdata/failing.lua"}})
	var out strings.Builder
	p := luatest.Printer{W: &out}
	for _, x := range report.Results {
		p.Each(x)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), here+"/", "")
	const golden = "testdata/failing.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the report is not that of %s (UPDATE=1 writes it anew):\n%s", golden, got)
	}
}

// TestLoopsEnd has a loop in the test, one in the script, and a case that does not come back.
func TestLoopsEnd(t *testing.T) {
	over := filepath.Join(os.TempDir(), fmt.Sprintf("luatest-over-%d", os.Getpid()))
	t.Setenv("TEST_OVER", over)
	defer func() {
		if err := os.WriteFile(over, nil, 0o600); err != nil {
			t.Error(err)
		}
	}()
	const short, patient = 100 * time.Millisecond, 5 * time.Minute // however busy the machine is
	for _, c := range []struct {
		name, want     string
		timeout, grace time.Duration
	}{
		{"in the test", "does it have a loop without an end?", short, patient},
		{"in the routing script", "script ran longer than", patient, patient},
		{"does not come back", "the case ", short, short},
	} {
		o := luatest.Options{Files: []string{"testdata/endless.lua"}, Run: regexp.MustCompile(c.name), Timeout: c.timeout, Grace: c.grace}
		x := run(t, o).Results[0]
		if x.Outcome != luatest.Failed || !strings.Contains(x.Reason, c.want) {
			t.Errorf("%s: %s %q, want %q", x.Name, x.Outcome, x.Reason, c.want)
		}
	}
}

// TestSecondReading: behind a case that does not come back the file is read again, and if that fails the report says so.
func TestSecondReading(t *testing.T) {
	for { // on a machine that is busy the case may be over before it waits
		got := readTwice(t)
		if !strings.Contains(got[0].Reason, "has not come back") {
			continue
		}
		if len(got) != 2 || got[1].Outcome != luatest.Failed || !strings.Contains(got[1].Reason, "not a second time") {
			for _, x := range got {
				t.Errorf("%s %s: %s", x.Name, x.Outcome, x.Reason)
			}
		}
		return
	}
}

// readTwice runs a file whose first case waits for a program, and which cannot be read twice.
func readTwice(t *testing.T) []*luatest.Result {
	dir := t.TempDir()
	over := filepath.Join(dir, "over")
	file := filepath.Join(dir, "second_test.lua")
	text := fmt.Sprintf(`local t = require "moonroute.test"
local mark = %[1]q
if io.open(mark) then error("not a second time") end
io.open(mark, "w"):close()
t.case("waits", function() os.execute("until test -e %[2]s; do sleep 0.1; done; rm %[2]s") end)
t.case("is behind it", function() end)
`, filepath.Join(dir, "mark"), over)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const short = 100 * time.Millisecond
	got := run(t, luatest.Options{Files: []string{file}, Timeout: short, Grace: short}).Results
	if err := os.WriteFile(over, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got[0].Reason, "has not come back") {
		inproc.Eventually(t, "the program has ended", func() bool { _, err := os.Stat(over); return err != nil })
	}
	return got
}

// TestSameSeedSameBytes compares what a run with digest, forking and chance sends.
func TestSameSeedSameBytes(t *testing.T) {
	bytes := func(seed uint64) string {
		x := run(t, luatest.Options{Files: []string{"testdata/bytes.lua"}, Seed: seed}).Results[0]
		if !strings.Contains(x.Detail, "603") {
			t.Fatalf("%s: %s\n%s", x.Where, x.Reason, x.Detail)
		}
		return x.Reason + x.Detail
	}
	first, again, other := bytes(7), bytes(7), bytes(8)
	if first != again {
		t.Errorf("the same seed gave\n%s\nand\n%s", first, again)
	}
	if first == other {
		t.Error("another seed gave the same bytes")
	}
}

func TestCoverage(t *testing.T) {
	report := run(t, luatest.Options{Files: []string{"testdata/shared_test.lua"}, Coverage: true})
	hits := map[string]map[int]uint64{}
	for _, f := range report.Coverage {
		lines := map[int]uint64{}
		for _, l := range f.Lines {
			lines[l.Line] = l.Hits
		}
		hits[filepath.Base(f.Path)] = lines
	}
	for _, c := range []struct {
		file string
		line int
		want uint64
	}{{"routes.lua", 14, 2}, {"routes.lua", 7, 0}, {"routes.lua", 3, 1}, {"helper.lua", 4, 0}, {"helper.lua", 3, 1}} {
		if got, counted := hits[c.file][c.line]; !counted || got != c.want {
			t.Errorf("%s:%d ran %d times, want %d", c.file, c.line, got, c.want)
		}
	}
	if _, counted := hits["routes.lua"][1]; counted {
		t.Error("a comment is counted")
	}
}
