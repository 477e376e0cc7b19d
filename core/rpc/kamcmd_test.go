package rpc

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// kamcmd runs Kamailio's own client.
func kamcmd(t *testing.T, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("kamcmd")
	if err != nil {
		t.Skip("left out: kamcmd is not on this machine (tests/install-peers as root installs it)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		t.Errorf("kamcmd %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func listenAll(t *testing.T, reg *Registry, addrs ...string) *BinaryServer {
	t.Helper()
	s := NewBinaryServer(reg, Options{})
	t.Cleanup(s.Close)
	for _, addr := range addrs {
		if _, err := s.Listen(t.Context(), addr); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range s.Commands() {
		if err := reg.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestKamcmd(t *testing.T) {
	addr := "unix:" + t.TempDir() + "/ctl"
	listenAll(t, shapes(t), addr)
	text, err := os.ReadFile("testdata/kamcmd.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(text), "\n$ ")[1:] {
		command, rest, _ := strings.Cut(block, "\n")
		want, _, _ := strings.Cut("\n"+rest, "\n=")
		args := append([]string{"-s", addr}, strings.Fields(command)...)
		if got := kamcmd(t, args...); got != strings.TrimPrefix(want+"\n", "\n") {
			t.Errorf("kamcmd %s printed\n%s\nwant%s", command, got, want)
		}
	}
}

func TestKamcmdTransports(t *testing.T) {
	dir, both := t.TempDir(), local(t)
	addrs := []string{"unix:" + dir + "/a", "unixs:" + dir + "/b", "unixd:" + dir + "/c", "tcp:" + both, "udp:" + both}
	s := listenAll(t, NewRegistry(), addrs...)
	for _, addr := range addrs {
		if got := kamcmd(t, "-s", addr, "core.echo", "a", "1"); got != "a\n1\n" {
			t.Errorf("%s: %q", addr, got)
		}
	}
	want := "binrpc\nunix_stream\n" + dir + "/a\n\nbinrpc\nunix_stream\n" + dir + "/b\n\nbinrpc\nunix_dgram\n" + dir + "/c\n\n" +
		strings.ReplaceAll("binrpc\ntcp\nHERE\nbinrpc\nudp\nHERE\n", "HERE", strings.Replace(both, ":", "\n", 1))
	if got := kamcmd(t, "-s", addrs[0], "ctl.listen"); got != want {
		t.Errorf("ctl.listen: %q, want %q", got, want)
	}
	for addr, want := range map[string]string{
		addrs[0]: "binrpc\nunix_stream\n<anonymous unix socket>\n\n" + dir + "/a\n\n",
		addrs[4]: "error: 400 - no open stream connection",
	} {
		eventually(t, "earlier clients leave", func() bool { return len(s.Connections()) == 0 })
		if got := kamcmd(t, "-s", addr, "ctl.who"); strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
			t.Errorf("%s: ctl.who: %q, want %q", addr, got, want)
		}
	}
}

// A reply of many packets' size, over streams and datagrams.
func TestKamcmdLongList(t *testing.T) {
	reg := NewRegistry()
	for i := range 1000 {
		name := "test.command_number_" + strings.Repeat("x", i%20) + string(rune('a'+i%26)) + strings.Repeat("y", i/26)
		if err := reg.Add(Command{Name: name, Run: func(*Call) error { return nil }}); err != nil {
			t.Fatal(err)
		}
	}
	addr := "unixs:" + t.TempDir() + "/ctl"
	listenAll(t, reg, addr)
	if got := kamcmd(t, "-s", addr, "ls"); got != strings.Join(reg.Names(), "\n")+"\n" {
		t.Errorf("kamcmd ls printed %d bytes, which are not the list", len(got))
	}
}
