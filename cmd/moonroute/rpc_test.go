package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
)

func TestRPCArg(t *testing.T) {
	for arg, want := range map[string]rpc.Value{
		"1": int64(1), "-5": int64(-5), "007": int64(7), "s:1": "1", "s:": "", "a": "a", "": "",
		"3.5": 3.5, "1.2.3.4": "1.2.3.4", "inf": "inf", "sip:a@b": "sip:a@b", "i:7": "i:7",
	} {
		if got := rpcArg(arg); got != want {
			t.Errorf("%q is sent as %#v, want %#v", arg, got, want)
		}
	}
}

// TestNamesAreDistinct: nothing is lost of an answer that has a name twice.
func TestNamesAreDistinct(t *testing.T) {
	twice := &rpc.Struct{}
	twice.Struct("Domains").Add("AoR", "a").Add("AoR", "b").Add("n", 1)
	var out strings.Builder
	if err := (&rpcFlags{json: true}).print(&out, []rpc.Value{twice}); err != nil {
		t.Fatal(err)
	}
	got := strings.NewReplacer("\n", "", "\t", "").Replace(out.String())
	if want := `{"Domains":[{"AoR":"a"}, {"AoR":"b"}, {"n":1}]}`; got != want {
		t.Errorf("printed %s, want %s", got, want)
	}
}

func TestRPCCommand(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	reg := rpc.NewRegistry()
	for _, serve := range []func() (*rpc.Carrier, error){
		func() (*rpc.Carrier, error) {
			return rpc.ServeBinary(ctx, reg, "unix:"+filepath.Join(dir, "ctl"), rpc.Options{})
		},
		func() (*rpc.Carrier, error) {
			return rpc.ServeDatagram(ctx, reg, filepath.Join(dir, "rpc.sock"), rpc.Options{})
		},
	} {
		c, err := serve()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	for _, c := range []struct{ args, out, err string }{
		{"-s unix:@/ctl core.echo a -5 s:7", "a\n18446744073709551611\n7\n", ""},
		{"-s dgram:@/rpc.sock core.echo a s:7", "a\n7\n", ""},
		{"-s dgram:@/rpc.sock --json core.echo a s:7", "[\"a\", \"7\"]\n", ""},
		{"-s unix:@/ctl --json core.echo a", "\"a\"\n", ""},
		{"-s unix:@/ctl no.such", "", "error: 500 - command no.such not found"},
		{"-s unix:@/none core.echo", "", "with -s ADDR"},
		{"", "Examples:", ""},
	} {
		cmd := rpcCommand()
		var out strings.Builder
		cmd.SetOut(&out)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(strings.Fields(strings.ReplaceAll(c.args, "@", dir)))
		err := cmd.ExecuteContext(ctx)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.args, err, c.err)
		}
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("%s prints %q, want %q", c.args, out.String(), c.out)
		}
	}
}
