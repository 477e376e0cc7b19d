package control

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/tests/inproc"
)

const toolsConfig = `debug=1
listen=udp:127.0.0.1:@PORT@
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "kex.so"
loadmodule "jsonrpcs.so"
loadmodule "ctl.so"
loadmodule "cfg_rpc.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "htable.so"
loadmodule "pike.so"
loadmodule "debugger.so"
loadmodule "siptrace.so"
loadmodule "xhttp.so"
loadmodule "xhttp_prom.so"
loadmodule "http_client.so"
loadmodule "app_lua.so"
modparam("usrloc", "preload", "location")
modparam("htable", "htable", "seen=>size=4;")
modparam("siptrace", "trace_to_database", 0)
modparam("xhttp_prom", "prom_counter", "name=calls")
modparam("http_client", "httpcon", "api=>http://127.0.0.1:1/api")
modparam("jsonrpcs", "dgram_socket", "@DIR@/rpc.sock")
modparam("jsonrpcs", "fifo_name", "@DIR@/rpc.fifo")
modparam("ctl", "binrpc", "unix:@DIR@/ctl")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// run runs a tool of the incumbent, if it is installed.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("left out: " + name + " is not on this machine (tests/install-peers as root installs it)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a script that hangs is ended with its children
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func startTools(t *testing.T) *inproc.Server {
	return inproc.Start(t, inproc.Options{
		Config: strings.ReplaceAll(toolsConfig, "@PORT@", inproc.FreePort(t)),
		Files:  []inproc.File{{Name: "routes.lua", Text: "function ksr_request_route() end\n"}},
	})
}

func TestKamcmd(t *testing.T) {
	s := startTools(t)
	socket := "unix:" + filepath.Join(s.Dir, "ctl")
	for _, c := range []struct{ command, want string }{
		{"core.version", "moonroute"},
		{"core.uptime", "up_since: "},
		{"tm.stats", "current: 0"},
		{"cfg.get core debug", "1\n"},
		{"cfg.get tm fr_timer", "30000\n"},
		{"cfg.set core debug 2", ""},
		{"cfg.list tm", "tm: fr_timer\n"},
		{"stats.fetch core:rcv_requests", "core.rcv_requests: 0"},
		{"ctl.who", "unix_stream\n"},
		{"app_lua.list", "routes.lua"},
		{"system.listMethods", "stats.fetch\n"},
		{"core.psx", "shard 0"},
		{"core.sockets_list", "127.0.0.1"},
		{"core.modules", "htable\n"},
		{"stats.get_statistics core:", "core:rcv_requests = 0"},
		{"stats.reset_statistics sl:", ""},
		{"mod.stats all all", "Module: tm\n"},
		{"sl.stats", "xxx: 0"},
		{"ul.add location alice sip:alice@127.0.0.1:5090 3600 1.0 . 0 0 0", ""},
		{"ul.lookup location alice", "sip:alice@127.0.0.1:5090"},
		{"ul.dump brief", "alice"},
		{"ul.rm location alice", ""},
		{"htable.sets seen a first", ""},
		{"htable.seti seen b 7", ""},
		{"htable.get seen a", "first"},
		{"htable.dump seen", "name: b"},
		{"htable.stats", "name: seen"},
		{"htable.delete seen a", ""},
		{"htable.flush seen", ""},
		{"htable.listTables", "seen"},
		{"pike.list", ""},
		{"pike.top", ""},
		{"dbg.set_mod_level tm 3", "200 ok"},
		{"dbg.get_mod_level tm", "3\n"},
		{"dbg.ls", "entry: 0"},
		{"siptrace.status on", "Enabled"},
		{"siptrace.status check", "Enabled"},
		{"xhttp_prom.counter_inc calls 3", ""},
		{"xhttp_prom.metric_list_print", "calls 3"},
		{"httpclient.listcon", "api"},
	} {
		args := append([]string{"-s", socket}, strings.Fields(c.command)...)
		if got := run(t, nil, "kamcmd", args...); !strings.Contains(got, c.want) || strings.Contains(got, "error:") {
			t.Errorf("kamcmd %s prints %q, want %q", c.command, got, c.want)
		}
	}
	if level := s.Server.Log.Threshold(); level != 2 {
		t.Errorf("after cfg.set the log level is %d", level)
	}
}

func TestKamctlStats(t *testing.T) {
	s := startTools(t)
	got := run(t, []string{"RPCFIFOPATH=" + filepath.Join(s.Dir, "rpc.fifo")}, "kamctl", "stats", "core")
	if !strings.Contains(got, "core:rcv_requests = 0") {
		t.Errorf("kamctl stats core prints %s", got)
	}
}
