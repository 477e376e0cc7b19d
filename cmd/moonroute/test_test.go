package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	testedScript = "function ksr_request_route()\n\tif KSR.is_OPTIONS() then\n\t\tKSR.sl.sl_send_reply(200, \"OK\")\n\telse\n\t\tKSR.sl.sl_send_reply(404, \"No\")\n\tend\nend\n"
	testFile     = `local t = require "moonroute.test"
t.case("alive", function() t.peer("alice"):options("sip:127.0.0.1"):expect(200) end)
t.case("wrong", function() t.peer("alice"):options("sip:127.0.0.1"):expect(404) end)
`
)

// runTests runs moonroute test in a folder with a script and its tests.
func runTests(t *testing.T, args ...string) (dir, out string, err error) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"routes.lua": testedScript, "routes_test.lua": testFile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	cmd := rootCommand()
	cmd.SetOut(&b)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "DIR", dir)
	}
	cmd.SetArgs(append([]string{"test"}, args...))
	err = cmd.Execute()
	return dir, b.String(), err
}

func TestTestPasses(t *testing.T) {
	dir, out, err := runTests(t, "-v", "--run", "alive", "--coverage", "--lcov", "DIR/x.info", "--annotate", "DIR/lines", "DIR")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ok   alive", "1 passed", "75.0%", " 5\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	lcov, err := os.ReadFile(filepath.Join(dir, "x.info"))
	if err != nil || !strings.Contains(string(lcov), "DA:3,1\nDA:5,0\n") {
		t.Errorf("%v %s", err, lcov)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "lines", "*routes.lua.txt")); len(files) != 1 {
		t.Error("no annotated script")
	}
}

func TestTestFails(t *testing.T) {
	dir, out, err := runTests(t, "--format", "tap", "-o", "DIR/report.tap", "DIR/routes_test.lua")
	if err == nil || exitCode(err) != 1 || !strings.Contains(out, "FAIL wrong") {
		t.Errorf("%v\n%s", err, out)
	}
	tap, err := os.ReadFile(filepath.Join(dir, "report.tap"))
	if err != nil || !strings.Contains(string(tap), "1..2\nok 1 - ") || !strings.Contains(string(tap), "not ok 2 - ") {
		t.Errorf("%v %s", err, tap)
	}
}

func TestTestTellsWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ arg, want string }{
		{"--run=(", "--run: "}, {"--format=xml", `no format "xml"`}, {"DIR/nothing.lua", "no such file"}, {"DIR/empty", "no such file"},
	} {
		if _, _, err := runTests(t, c.arg, "DIR/routes_test.lua"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.arg, err, c.want)
		}
	}
}
