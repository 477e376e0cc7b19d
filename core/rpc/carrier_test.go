package rpc

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
)

const (
	echoRequest = `{"jsonrpc":"2.0","method":"core.echo","params":["a"],"id":2}`
	echoReply   = `{"jsonrpc":"2.0","result":["a"],"id":2}`
	tooLargeMsg = `{"jsonrpc":"2.0","error":{"code":400,"message":"Request Too Large"}}`
)

// started is for a carrier that must start; it closes with the test.
func started(t *testing.T) func(*Carrier, error) *Carrier {
	return func(c *Carrier, err error) *Carrier {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
}

func wantMode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s: %v, %v; want %v", path, info, err, mode)
	}
}

// local is an address of this machine whose port no other test has.
func local(t *testing.T) string {
	t.Helper()
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + strconv.Itoa(port)
}

// eventually waits for what another goroutine does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Errorf("did not happen: %s", what)
}

func TestCloseRemovesFiles(t *testing.T) {
	dir := t.TempDir()
	reg := NewRegistry()
	for name, serve := range map[string]func(ctx context.Context, path string) (*Carrier, error){
		"dgram": func(ctx context.Context, p string) (*Carrier, error) { return ServeDatagram(ctx, reg, p, Options{}) },
		"fifo":  func(ctx context.Context, p string) (*Carrier, error) { return ServeFIFO(ctx, reg, p, Options{}) },
		"unix": func(ctx context.Context, p string) (*Carrier, error) {
			return ServeBinary(ctx, reg, "unix:"+p, Options{})
		},
		"unixd": func(ctx context.Context, p string) (*Carrier, error) {
			return ServeBinary(ctx, reg, "unixd:"+p, Options{})
		},
	} {
		path := filepath.Join(dir, name)
		ctx, cancel := context.WithCancel(t.Context())
		c := started(t)(serve(ctx, path))
		wantMode(t, path, 0o600)
		if _, err := serve(ctx, path); !errors.Is(err, ErrInUse) {
			t.Errorf("%s: a second one: %v", name, err)
		}
		cancel()
		eventually(t, name+" is removed", func() bool { _, err := os.Lstat(path); return err != nil })
		c.Close()

		leftover(t, name, path)
		again := started(t)(serve(t.Context(), path))
		again.Close()

		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := serve(t.Context(), path); err == nil {
			t.Errorf("%s takes the place of a plain file", name)
		}
	}
}

// leftover makes what a killed process leaves behind.
func leftover(t *testing.T, name, path string) {
	t.Helper()
	if name == "fifo" {
		if err := syscall.Mkfifo(path, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	network := "unixgram"
	if name == "unix" {
		network = "unix"
	}
	kind := map[string]int{"unixgram": syscall.SOCK_DGRAM, "unix": syscall.SOCK_STREAM}[network]
	fd, err := syscall.Socket(syscall.AF_UNIX, kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
}

// Another process's file at the same path is not removed.
func TestCloseKeepsForeignFile(t *testing.T) {
	path := t.TempDir() + "/rpc.sock"
	c := started(t)(ServeDatagram(t.Context(), NewRegistry(), path, Options{Mode: 0o660}))
	wantMode(t, path, 0o660)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Close()
	wantMode(t, path, 0o600)
}

func TestCloseEndsCommands(t *testing.T) {
	path := t.TempDir() + "/ctl"
	reg := NewRegistry()
	entered := make(chan struct{})
	wait := func(c *Call) error { close(entered); <-c.Context().Done(); return c.Context().Err() }
	if err := reg.Add(Command{Name: "test.enter", Run: wait}); err != nil {
		t.Fatal(err)
	}
	c := started(t)(ServeBinary(t.Context(), reg, path, Options{}))
	client, err := Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = client.Call(context.Background(), "test.enter") }) // a fault or a lost connection
	<-entered
	c.Close()
	wg.Wait()
}
