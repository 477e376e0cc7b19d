//go:build e2e

package e2e

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestCheck runs "moonroute -c": exit 1 and file:line:column with a hint for what is wrong.
func TestCheck(t *testing.T) {
	const head = "#!KAMAILIO\nlisten=udp:127.0.0.1:24990\nloadmodule \"kex.so\"\nloadmodule \"sl.so\"\nloadmodule \"app_lua.so\"\n"
	const tail = "modparam(\"app_lua\", \"load\", \"routes.lua\")\ncfgengine \"lua\"\n"
	const right = "function ksr_request_route()\n\tKSR.sl.sl_send_reply(200, \"OK\")\nend\n"
	for _, c := range []struct {
		name, cfg, lua string
		want           string // a regular expression of the place and more
	}{
		{"broken configuration", head + "listen udp:127.0.0.1\n" + tail, right, `kamailio\.cfg:6:\d+: `},
		{"unknown module", head + "loadmodule \"slx.so\"\n" + tail, right, `kamailio\.cfg:6:\d+: .*slx`},
		{"unknown parameter", head + "modparam(\"sl\", \"nothing\", 1)\n" + tail, right, `kamailio\.cfg:6:\d+: .*nothing`},
		{"wrong kind of value", head + "modparam(\"sl\", \"default_code\", \"many\")\n" + tail, right, `kamailio\.cfg:6:\d+: `},
		{"Lua syntax error", head + tail, "function ksr_request_route()\n\tif true the\nend\n", `routes\.lua:2:\d+: `},
		{"KSR function that does not exist", head + tail, "function ksr_request_route()\n\tKSR.sl.sl_send_replay(200, \"OK\")\nend\n", `(?s)routes\.lua:2:\d+: .*sl_send_replay.*hint: .*sl_send_reply`},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := check(t, c.cfg, c.lua)
			if code != 1 || !regexp.MustCompile(c.want).MatchString(out) {
				t.Errorf("exit %d, want 1 and %s:\n%s", code, c.want, out)
			}
		})
	}
	t.Run("nothing wrong", func(t *testing.T) {
		if out, code := check(t, head+tail, right); code != 0 {
			t.Errorf("exit %d:\n%s", code, out)
		}
	})
}

func check(t *testing.T, cfg, script string) (string, int) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "kamailio.cfg"), cfg)
	write(t, filepath.Join(dir, "routes.lua"), script)
	return run(t, patience, dir, command[0], append(slices.Clone(command[1:]), "-f", "kamailio.cfg", "-c")...)
}

// TestBasicScriptPasses: it tests for KSR.auth and others before it uses them, and that is no mistake.
func TestBasicScriptPasses(t *testing.T) {
	need(t, basicScript)
	cfg, err := filepath.Abs("../../examples/kemi-basic/kamailio.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if out, code := run(t, patience, t.TempDir(), command[0], append(slices.Clone(command[1:]), "-f", cfg, "-c")...); code != 0 {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
