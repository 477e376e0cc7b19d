package rpc

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// given is the time that tests of bad clients give a client. A good one keeps it on a busy machine, too.
const given = 3 * time.Second

// fifoTest is a FIFO carrier and a directory for the replies.
type fifoTest struct {
	*Carrier
	path, dir string
}

func newFIFOTest(t *testing.T, opts Options) fifoTest {
	t.Helper()
	f := fifoTest{path: t.TempDir() + "/rpc.fifo", dir: t.TempDir()}
	opts.ReplyDir = f.dir
	f.Carrier = started(t)(ServeFIFO(t.Context(), shapes(t), f.path, opts))
	wantMode(t, f.path, 0o600)
	return f
}

func (f fifoTest) write(t *testing.T, text string) {
	t.Helper()
	w, err := os.OpenFile(f.path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

// ask writes a request and then reads from a reply FIFO, as kamctl does.
func (f fifoTest) ask(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	f.write(t, text)
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

const fifoRequest = `{"jsonrpc":"2.0","method":"core.echo","params":["a"],"reply_name":"r","id":2}`

func TestFIFO(t *testing.T) {
	f := newFIFOTest(t, Options{})
	for _, text := range []string{
		fifoRequest, fifoRequest + "\n", "\n" + fifoRequest, "junk\n" + fifoRequest,
		strings.Replace(fifoRequest, ",", ",\n", -1),
	} {
		if got := f.ask(t, "r", text); got != echoReply {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got := f.ask(t, "big", `{"jsonrpc":"2.0","method":"test.big","params":[50000],"reply_name":"big"}`); len(got) < 300000 {
		t.Errorf("a large reply has %d bytes", len(got))
	}
}

// Reply names that lead elsewhere, or to what is no FIFO, get no reply; the next client does.
func TestFIFOReplyNames(t *testing.T) {
	t.Parallel()
	f := newFIFOTest(t, Options{IOTimeout: given})
	plain := filepath.Join(f.dir, "plain")
	if err := os.WriteFile(plain, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(f.dir, "unread"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(plain, filepath.Join(f.dir, "link")); err != nil {
		t.Fatal(err)
	}
	names := []string{"../" + filepath.Base(f.dir) + "/r", f.dir + "/r", "..", ".", "plain", "link", "unread", "absent"}
	for _, name := range names {
		f.write(t, strings.Replace(fifoRequest, `"r"`, `"`+name+`"`, 1))
	}
	f.write(t, `{"jsonrpc":"2.0","method":"core.echo","id":2}`) // wants no reply
	eventually(t, "all are run", func() bool { return f.Stats().Requests == uint64(len(names))+1 && f.Stats().Lost == uint64(len(names)) })
	if got, err := os.ReadFile(plain); err != nil || string(got) != "precious" {
		t.Errorf("the plain file is now %q, %v", got, err)
	}
	if got := f.ask(t, "r", fifoRequest); got != echoReply {
		t.Error(got)
	}
}

// Half a request is dropped when its time is over, and so is one that is too large.
func TestFIFOBadClients(t *testing.T) {
	t.Parallel()
	f := newFIFOTest(t, Options{IOTimeout: given, MaxRequest: 200})
	f.write(t, `{"jsonrpc":"2.0","method":"core.echo","params":["`)
	eventually(t, "half a request is dropped", func() bool { return f.Stats().Refused == 1 })
	f.write(t, `{"a":"`+strings.Repeat("x", 1000)+`"}{"a":bad}`)
	eventually(t, "large and bad ones are refused", func() bool { return f.Stats().Refused == 3 })
	w, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() // a client that stays does not keep others out
	if got := f.ask(t, "r", fifoRequest); got != echoReply {
		t.Error(got)
	}
}
