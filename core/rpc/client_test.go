package rpc

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestClients(t *testing.T) {
	dir := t.TempDir()
	reg := shapes(t)
	started(t)(ServeDatagram(t.Context(), reg, dir+"/json", Options{Pretty: true}))
	datagrams, both := "udp:"+local(t), local(t)
	started(t)(ServeDatagram(t.Context(), reg, datagrams, Options{}))
	addrs := []string{"unix:" + dir + "/a", "unixd:" + dir + "/b", "tcp:" + both, "udp:" + both}
	s := NewBinaryServer(reg, Options{})
	t.Cleanup(s.Close)
	for _, addr := range addrs {
		if _, err := s.Listen(t.Context(), addr); err != nil {
			t.Fatal(err)
		}
	}
	for _, addr := range append(addrs, "dgram:"+dir+"/json", "dgram:"+datagrams) {
		checkClient(t, addr)
	}
}

func checkClient(t *testing.T, addr string) {
	t.Helper()
	client, err := Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	checkEcho(t, client)
	for name, want := range map[string]string{
		"core.uptime":            "{\n\tnow: Sun Nov 22 13:49:14 2026\n\tup_since: Sun Nov 22 13:49:12 2026\n\tuptime: 2\n}\n",
		"core.version":           "kamailio 5.6.3 (x86_64/linux) \n",
		"cfg.diff":               "",
		"system.methodHelp":      "400 Method Name Expected",
		"test.error":             "500 disk is full",
		"core.tcp_list":          "",
		"core.echo_delta":        "",
		"system.methodSignature": "500 Not Implemented Yet",
	} {
		reply, err := client.Call(t.Context(), name)
		if err != nil {
			t.Fatal(addr, name, err)
		}
		if got := printed(t, reply); got != want {
			t.Errorf("%s %s: %q, want %q", addr, name, got, want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.Call(ctx, "test.wait"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s: a call that waits: %v", addr, err)
	}
}

func printed(t *testing.T, r *Reply) string {
	t.Helper()
	if r.Fault != nil {
		return strings.TrimPrefix(r.Fault.Error(), "rpc: ")
	}
	var b strings.Builder
	if err := WriteText(&b, r.Values); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
