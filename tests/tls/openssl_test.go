package tls

import (
	"bytes"
	"context"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip("left out: " + p + " is not on this machine (tests/install-peers as root installs the SIP peers; openssl is a package of its own)")
		}
	}
}

// text is what a process writes; it may be read meanwhile.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *text) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// await waits until the process has written something.
func (x *text) await(t *testing.T, what string) {
	t.Helper()
	x.awaitTimes(t, what, 1)
}

// awaitTimes waits until it has written that several times.
func (x *text) awaitTimes(t *testing.T, what string, times int) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s", x)
		}
	}()
	inproc.Eventually(t, what, func() bool { return strings.Count(x.String(), what) >= times })
}

// listening waits until somebody takes connections at an address.
func listening(t *testing.T, addr string) {
	t.Helper()
	inproc.Eventually(t, "somebody listens at "+addr, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// program is a process that runs until the test ends.
type program struct {
	*text // its output
	in    io.Writer
}

func spawn(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	cmd, out := exec.Command(name, args...), new(text)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, out, out, 10*time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it may have children
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() })
	return &program{out, in}
}

// TestVersions: OpenSSL finds no version below TLS 1.2, and the certificate verified.
func TestVersions(t *testing.T) {
	need(t, "openssl")
	w := start(t, usual)
	for version, want := range map[string]string{"-tls1": "", "-tls1_1": "", "-tls1_2": "New, TLSv1.2, Cipher is ECDHE-", "-tls1_3": "New, TLSv1.3, Cipher is TLS_"} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		out, err := exec.CommandContext(ctx, "openssl", "s_client", "-connect", w.Address(flow.TLS).String(), "-CAfile", w.dir+"/ca.pem",
			"-cipher", "ALL:@SECLEVEL=0", "-verify_return_error", version).CombinedOutput()
		cancel()
		if want == "" {
			if err == nil || !strings.Contains(string(out), "alert protocol version") {
				t.Errorf("%s: %v\n%s", version, err, out)
			}
			continue
		}
		contains(t, string(out), want, "Verify return code: 0 (ok)")
	}
}

// TestKeyUpdate: a peer that asks for new keys in the middle (RFC 8446 4.6.3) gets them, and messages go on both ways.
func TestKeyUpdate(t *testing.T) {
	need(t, "openssl")
	w := start(t, usual)
	out := spawn(t, w.dir, "openssl", "s_client", "-connect", w.Address(flow.TLS).String(), "-CAfile", w.dir+"/ca.pem", "-tls1_3")
	out.await(t, "Verify return code: 0 (ok)")
	ask := func(n string) {
		t.Helper()
		if _, err := io.WriteString(out.in, w.request("OPTIONS", "X-Show: "+n)); err != nil {
			t.Fatal(err)
		}
		out.await(t, "X-Shown: "+n+" ")
	}
	ask("$pr")
	for i, n := range []string{"$proto", "$rm", "$si"} {
		_, _ = io.WriteString(out.in, "K\n") // s_client's command for it,
		out.awaitTimes(t, "KEYUPDATE", i+1)  // which it must have read before the next line comes
		ask(n)
	}
	if n := w.Core.Transports().Stats.SecureConns.Load(); n != 1 {
		t.Errorf("%d connections\n%s", n, out.text)
	}
}
