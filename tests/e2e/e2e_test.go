//go:build e2e

// Package e2e runs the built binary against software of others: SIPp, sipsak, a softphone,
// kamcmd. "make e2e" runs it; a test whose peer is not installed is skipped and says so.
//
// Everything happens on 127.0.0.1. MOONROUTE_LOAD=full offers the whole
// load, and MOONROUTE names another command to test than the one built from this tree.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// command is the server under test with the arguments that every run of it has.
var command []string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "moonroute-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := build(dir)
	if code == 0 {
		code = m.Run()
	}
	dbtest.Close()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build makes the static binary, unless another command was named.
func build(dir string) int {
	if command = strings.Fields(os.Getenv("MOONROUTE")); len(command) > 0 {
		return 0
	}
	binary := filepath.Join(dir, "moonroute")
	gobuild := exec.Command("go", "build", "-trimpath", "-o", binary, "../../cmd/moonroute")
	gobuild.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := gobuild.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the server: %v\n%s", err, out)
		return 1
	}
	command = []string{binary}
	return 0
}

// full tells that the whole load is asked for rather than a taste of it.
func full() bool { return os.Getenv("MOONROUTE_LOAD") == "full" }

// need skips the test when a program or file of the peers is not on this machine.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := exec.LookPath(name)
		if strings.Contains(name, "/") {
			_, err = os.Stat(name)
		}
		if err != nil {
			t.Skipf("left out: %s is not on this machine (tests/install-peers as root installs it)", name)
		}
	}
}
