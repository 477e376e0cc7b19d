package control

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const kamcliConfig = `[main]
domain=example.test
[apps]
sqlitebin=sqlite3
[db]
type=sqlite
dbpath=@DIR@/kamailio.db
[ctl]
type=jsonrpc
[jsonrpc]
transport=socket
outformat=yaml
rplnamebase=reply
rpldir=@DIR@
path=@DIR@/rpc.fifo
srvaddr=@DIR@/rpc.sock
rcvaddr=@DIR@/reply.sock
`

// TestKamcli has the incumbent's newer tool talk to the JSON-RPC socket.
func TestKamcli(t *testing.T) {
	s := startTools(t)
	config := filepath.Join(s.Dir, "kamcli.ini")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(kamcliConfig, "@DIR@", s.Dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ command, want string }{
		{"uptime", "up_since: "},
		{"ps", "shard 0"},
		{"rpcmethods", "- tm.stats"},
		{"jsonrpc core.version", "moonroute"},
		{"stats core", "core:rcv_requests = 0"},
		{"srv version", "moonroute"},
		{"srv modules", "- tm"},
		{"tcp options", "wq_max"},
		{"moni --no-refresh", "rcv_requests"},
		{"ul add alice sip:alice@127.0.0.1:5090", ""},
		{"ul show alice", "sip:alice@127.0.0.1:5090"},
		{"ul show --brief", "alice"},
		{"ul rm alice", ""},
		{"jsonrpc htable.sets seen a first", ""},
		{"jsonrpc htable.get seen a", "first"},
		{"jsonrpc pike.top", "result"},
		{"jsonrpc cfg.get core debug", "1"},
		{"jsonrpc dbg.get_mod_level tm", "result"},
		{"tcp list", "result: []"},
	} {
		args := append([]string{"--no-default-configs", "-c", config}, strings.Fields(c.command)...)
		if got := run(t, []string{"LC_ALL=C.UTF-8", "LANG=C.UTF-8"}, "kamcli", args...); !strings.Contains(got, c.want) || strings.Contains(got, "error:") {
			t.Errorf("kamcli %s prints %q, want %q", c.command, got, c.want)
		}
	}
}
