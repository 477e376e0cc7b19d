package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/moonroute/moonroute/core/config"
)

// parsed are the flags of a command line, and the configuration that they give.
func parsed(t *testing.T, line string) (*flags, *config.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kamailio.cfg")
	if err := os.WriteFile(file, []byte("#!KAMAILIO\nuser=\"of the file\"\nserver_id=1\n# the last line has no end"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := new(flags)
	set := pflag.NewFlagSet("moonroute", pflag.ContinueOnError)
	f.register(set)
	if err := set.Parse(append([]string{"-f", file}, strings.Split(line, " ")...)); err != nil {
		return nil, nil, err
	}
	cfg, err := f.load()
	return f, cfg, err
}

// TestServiceFlags: the command lines of units and init scripts are understood.
func TestServiceFlags(t *testing.T) {
	f, cfg, err := parsed(t, `-P /run/x.pid -m 64 -M 8 --atexit=no -DD -E -e -u sip -g voip -w / -Y /run/here -T -rR -n 4 --alias=sip.example:5070 --server-id=7 --loadmodule=pv --modparam=pv:a:s:x"y\z --modparam=pv:b:i:5`)
	if err != nil {
		t.Fatal(err)
	}
	if f.pidFile != "/run/x.pid" || f.user != "sip" || f.group != "voip" || f.workDir != "/" || f.dontFork != 2 {
		t.Errorf("%+v", f)
	}
	if got := f.unused(); got != "--atexit -M -R -e -m -n -r" {
		t.Errorf("ignored: %s", got)
	}
	if cfg.Str("rundir", "") != "/run/here" || cfg.Int("server_id", 0) != 7 || !cfg.Bool("disable_tcp", false) || word(cfg, "user") != "of the file" {
		t.Errorf("%+v", cfg.Globals)
	}
	if len(cfg.Aliases) != 1 || cfg.Aliases[0].Host != "sip.example" || cfg.Aliases[0].Port != 5070 {
		t.Errorf("%+v", cfg.Aliases)
	}
	if len(cfg.Modules) != 1 || len(cfg.Params) != 2 || cfg.Params[0].Value.Str != `x"y\z` || cfg.Params[1].Value.Int != 5 {
		t.Errorf("%+v %+v", cfg.Modules, cfg.Params)
	}
}

func TestFlagMistakes(t *testing.T) {
	for line, want := range map[string]string{
		"--modparam=pv:a:x":     "want MODULE:NAME:s:VALUE",
		"--modparam=pv:a:f:1.5": "want MODULE:NAME:s:VALUE",
		"--server-id=two":       "server_id",
		"--nonsense":            "nonsense",
	} {
		if _, _, err := parsed(t, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

func TestPIDFile(t *testing.T) {
	f := &flags{pidFile: filepath.Join(t.TempDir(), "pid")}
	if err := f.writePID(nil); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(f.pidFile); err != nil || string(text) != processID() {
		t.Errorf("%q, %v", text, err)
	}
	f.removePID()
	if _, err := os.Stat(f.pidFile); err == nil {
		t.Error("it is left")
	}
	if err := os.WriteFile(f.pidFile, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.removePID()
	if _, err := os.Stat(f.pidFile); err != nil {
		t.Error("another process's file is removed")
	}
}

// TestPIDFileIsNoLink: root does not write where a link in the user's folder leads to.
func TestPIDFileIsNoLink(t *testing.T) {
	dir := t.TempDir()
	target, f := filepath.Join(dir, "target"), &flags{pidFile: filepath.Join(dir, "pid")}
	if err := errors.Join(os.WriteFile(target, []byte("precious"), 0o600), os.Symlink(target, f.pidFile)); err != nil {
		t.Fatal(err)
	}
	if err := f.writePID(nil); err == nil {
		t.Error("it is written")
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestPIDFileOfTheFirst: a server that cannot start leaves the file alone, even if it says what it would write.
func TestPIDFileOfTheFirst(t *testing.T) {
	f := &flags{pidFile: filepath.Join(t.TempDir(), "pid")}
	if err := os.WriteFile(f.pidFile, []byte(processID()), 0o600); err != nil {
		t.Fatal(err)
	}
	f.removePID()
	if _, err := os.Stat(f.pidFile); err != nil {
		t.Error(err)
	}
}

// TestWorkingDirectory: a configuration that was named from the folder before is still beside its files.
func TestWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("kamailio.cfg", []byte("#!KAMAILIO\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &flags{file: "kamailio.cfg", workDir: t.TempDir()}
	cfg, err := f.load()
	if err == nil {
		err = f.limits(cfg)
	}
	if here, _ := os.Getwd(); err != nil || here != f.workDir || cfg.Path != filepath.Join(dir, "kamailio.cfg") {
		t.Errorf("%s in %s, %v", cfg.Path, here, err)
	}
}

func TestSwitchTurnedOff(t *testing.T) {
	_, cfg, err := parsed(t, "--no-tcp=false")
	if err != nil || cfg.Bool("disable_tcp", false) {
		t.Errorf("TCP is off, %v", err)
	}
}
