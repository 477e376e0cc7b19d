package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runAPI(t *testing.T, args ...string) string {
	t.Helper()
	cmd := apiCommand()
	var out strings.Builder
	cmd.SetOut(&out)
	cmd.SetArgs(args)
	if err := cmd.Execute(); err != nil {
		t.Fatalf("moonroute api %v: %v", args, err)
	}
	return out.String()
}

func TestAPI(t *testing.T) {
	for args, want := range map[string]string{
		"":           "KSR.is_INVITE()",
		"maxfwd":     "## Parameters",
		"KSR.maxfwd": "KSR.maxfwd.process_maxfwd(",
		"--modules":  "\njsonrpcs",
		"--stubs":    "function KSR.is_INVITE() end",
		"--json":     `"name": "is_INVITE"`,
	} {
		if got := runAPI(t, strings.Fields(args)...); !strings.Contains(got, want) {
			t.Errorf("moonroute api %s lacks %q", args, want)
		}
	}
}

func TestAPIReadmes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ctl", "README.md")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	runAPI(t, "--readme", dir, "ctl")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "`binrpc`") {
		t.Errorf("the README: %v\n%s", err, text)
	}
}
