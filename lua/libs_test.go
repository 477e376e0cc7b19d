package lua

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/freeport"
	"github.com/moonroute/moonroute/core/route"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// peers are what the scripts of testdata/libs find as globals: values as Lua writes them.
type peers map[string]string

// libraryPeers are those that a library needs; the others need none.
var libraryPeers = map[string]func(*testing.T) peers{
	"redis": redisPeer, "http": webPeer, "socket": echoPeer, "mysql": mysqlPeer,
	"sqlite": func(t *testing.T) peers {
		return peers{"SQLITE_FILE": strconv.Quote(filepath.Join(t.TempDir(), "test.db"))}
	},
}

// TestLibraries runs each script of testdata/libs on the stand-ins, and where they are installed on the libraries that these
// stand in for: both must say what stands beside it.
func TestLibraries(t *testing.T) {
	files, err := filepath.Glob("testdata/libs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			want := readText(t, file)
			t.Run("stand-in", func(t *testing.T) { compareLines(t, runLibrary(t, name), want) })
			t.Run("original", func(t *testing.T) { compareLines(t, runOriginal(t, name), want) })
		})
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := lineAt(gotLines, i), lineAt(wantLines, i)
		if g != w {
			t.Errorf("line %d\n got %s\nwant %s", i+1, g, w)
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// librarySource is a library's script with what it needs before it.
func librarySource(t *testing.T, name string) string {
	text := readText(t, "testdata/libs/prelude.lua")
	if peers := libraryPeers[name]; peers != nil {
		for global, value := range peers(t) {
			text += global + " = " + value + "\n"
		}
	}
	return text + "function main()\n" + readText(t, "testdata/libs/"+name+".lua") + "\nend\n"
}

func runLibrary(t *testing.T, name string) string {
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load(librarySource(t, name))
	if got := h.run("main"); got != route.Done {
		t.Fatalf("outcome %d\n%s", got, h.log)
	}
	said, _ := h.e.current.Load().shards[0].free[0].L.GetGlobal("lines").(glua.LString)
	if n := h.handles(0); n != 0 && name != "redis" {
		t.Errorf("%d handles are open", n)
	}
	h.e.Close()
	return string(said)
}

// handles is how many the first state of a shard has open.
func (h *host) handles(shard int) int { return h.e.current.Load().shards[shard].free[0].handles.Len() }

func runOriginal(t *testing.T, name string) string {
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Skip("left out: lua5.1 is not on this machine (tests/install-peers as root installs it)")
	}
	file := filepath.Join(t.TempDir(), "a.lua")
	write(t, file, `package.preload["rex_pcre"] = function() return require "rex_pcre2" end
`+librarySource(t, name)+"main() io.write(lines)")
	out, err := exec.Command(lua, file).CombinedOutput()
	if err != nil && strings.Contains(string(out), "' not found:") {
		t.Skipf("left out: the original library is not on this machine (tests/install-peers as root installs it): %s", firstLine(string(out)))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// redisPeer starts a Redis server of its own.
func redisPeer(t *testing.T) peers {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("left out: redis-server is not on this machine (tests/install-peers as root installs it)")
	}
	port, err := freeport.Take()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = conn.Close()
			return peers{"REDIS_PORT": strconv.Itoa(port)}
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func webPeer(t *testing.T) peers {
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/missing":
			http.NotFound(w, r)
			return
		case "/redirect":
			http.Redirect(w, r, "/plain", http.StatusFound)
			return
		case "/hang":
			<-stop
			return
		}
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Method", r.Method)
		w.Header().Set("X-Body", string(body))
		w.Header().Set("X-Agent", r.UserAgent())
		w.Header().Set("Content-Type", "text/"+r.Header.Get("Content-Type"))
		_, _ = io.WriteString(w, "answer to "+r.URL.RawQuery)
	}))
	t.Cleanup(func() {
		close(stop)
		srv.Close()
	})
	return peers{"URL": strconv.Quote(srv.URL)}
}

// echoPeer sends the first connection back its first 13 bytes and closes it.
func echoPeer(t *testing.T) peers {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		data := make([]byte, len("one\r\ntwo\nthree"))
		_, _ = io.ReadFull(bufio.NewReader(conn), data)
		_, _ = conn.Write(data)
		_ = conn.Close()
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return peers{"ECHO_PORT": port}
}

func mysqlPeer(t *testing.T) peers {
	u, err := db.ParseURL(dbtest.MariaDB(t))
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(u.Host)
	return peers{"MYSQL": fmt.Sprintf("{ name = %q, user = %q, password = %q, host = %q, port = %s }", u.Name, u.User, u.Password, host, port)}
}
