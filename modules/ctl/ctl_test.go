package ctl

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func start(t *testing.T) (path string) {
	path = filepath.Join(t.TempDir(), "ctl")
	kemitest.Start(t, `modparam("ctl", "binrpc", "unix:`+path+`")`, Module)
	return path
}

func TestCommands(t *testing.T) {
	path := start(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := rpc.Dial(ctx, "unix:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for method, want := range map[string]string{
		"ctl.listen":      "binrpc\nunix_stream\n" + path + "\n\n",
		"ctl.who":         "binrpc\nunix_stream\n<anonymous unix socket>\n\n" + path + "\n\n",
		"ctl.connections": "1\n",
	} {
		reply, err := client.Call(ctx, method)
		if err != nil || reply.Fault != nil {
			t.Fatalf("%s: %v %v", method, reply, err)
		}
		var got strings.Builder
		_ = rpc.WriteText(&got, reply.Values)
		if got.String() != want {
			t.Errorf("%s gives %q, want %q", method, got.String(), want)
		}
	}
}

func TestRealKamcmd(t *testing.T) {
	kamcmd, err := exec.LookPath("kamcmd")
	if err != nil {
		t.Skip("left out: kamcmd is not on this machine; the package kamailio of Debian brings it (tests/install-peers as root)")
	}
	out, err := exec.Command(kamcmd, "-s", "unix:"+start(t), "core.echo", "a", "s:1").CombinedOutput()
	if err != nil || string(out) != "a\n1\n" {
		t.Errorf("kamcmd core.echo: %q %v", out, err)
	}
}

func TestWrongParameters(t *testing.T) {
	for text, want := range map[string]string{
		`modparam("ctl", "fifo", "/tmp/x")`:       "use binrpc",
		`modparam("ctl", "user", "no such user")`: "no such user",
		`modparam("ctl", "mode", "0600")`:         "takes a number",
	} {
		if _, err := kemitest.New(t, text, Module); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	h, err := kemitest.New(t, `modparam("ctl", "binrpc", "unix:/no/such/folder/ctl")`, Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), "/no/such/folder/ctl") {
		t.Errorf("an address that cannot be: %v", err)
	}
	h.Stop()
}
