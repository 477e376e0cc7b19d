package control

import (
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/tests/inproc"
)

// tcpMembers are those of the incumbent's answers, in their order, for a server with one connection.
var tcpMembers = map[string]string{
	"core.tcp_list": "id type state timeout lifetime ref_count src_ip src_port dst_ip dst_port",
	"core.tcp_info": "readers max_connections max_tls_connections opened_connections opened_tls_connections write_queued_bytes",
	"core.tcp_options": "connect_timeout send_timeout connection_lifetime max_connections(soft) max_tls_connections(soft) no_connect fd_cache async " +
		"connect_wait conn_wq_max wq_max defer_accept delayed_ack syncnt linger2 keepalive keepidle keepintvl keepcnt crlf_ping accept_aliases " +
		"alias_flags new_conn_alias_flags",
}

var keepIdle = regexp.MustCompile(`"keepidle":\s*44\b`)

func TestTCPCommands(t *testing.T) {
	s := inproc.Start(t, inproc.Options{
		Config: "listen=tcp:127.0.0.1:" + inproc.FreePort(t) + `
tcp_keepidle=44
loadmodule "app_lua.so"
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`,
		Files: []inproc.File{{Name: "routes.lua", Text: "function ksr_request_route() end\n"}},
	})
	conn, err := net.Dial("tcp", s.Address(flow.TCP).String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil { // the answer to the ping: the connection is known
		t.Fatal(err)
	}
	for command, want := range tcpMembers {
		reply, err := (&rpc.JSONHandler{Registry: s.RPC}).Handle(context.Background(), []byte(`{"jsonrpc":"2.0","method":"`+command+`","id":1}`))
		if err != nil {
			t.Fatal(err)
		}
		text := string(reply.Body)
		if got := members(text); got != want {
			t.Errorf("%s has the members %s, want %s:\n%s", command, got, want, text)
		}
		if command == "core.tcp_options" && !keepIdle.MatchString(text) {
			t.Error(text)
		}
	}
}

// members are the names in the innermost objects of a JSON text, with blanks between.
func members(text string) string {
	var names []string
	inner := text[strings.LastIndexByte(text, '{')+1:]
	inner, _, _ = strings.Cut(inner, "}")
	for pair := range strings.SplitSeq(inner, ",") {
		name, _, _ := strings.Cut(pair, ":")
		names = append(names, strings.Trim(strings.TrimSpace(name), `"`))
	}
	return strings.Join(names, " ")
}
