package lua

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// TestLibrariesLetGoOfTheShard: while one route waits for a web server, another runs.
func TestLibrariesLetGoOfTheShard(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-release
	}))
	defer srv.Close()
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`
		local http = require "socket.http"
		function slow(url) local _, code = http.request(url) KSR.note.add("slow " .. tostring(code)) end
		function quick() KSR.note.add("quick") end`)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.run("slow", kemi.Str(srv.URL))
	}()
	<-asked
	if got := h.run("quick"); got != route.Done {
		t.Errorf("outcome %d\n%s", got, h.log)
	}
	close(release)
	<-ended
	if got := n.take(); got != "quick\nslow 200" {
		t.Errorf("said %q\n%s", got, h.log)
	}
}

// openConnections opens connections in a route and keeps the last.
const openConnections = `
	local socket = require "socket"
	function open(port, count) for i = 1, count do kept = assert(socket.connect("127.0.0.1", port)) end end
	function lose() kept = nil end`

func TestHandlesAreBoundedAndEnd(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	port, _ := strconv.Atoi(srv.URL[len("http://127.0.0.1:"):])
	h := newHost(t, testLimits, Options{}, new(note).module())
	h.load(openConnections)
	h.run("open", kemi.Int(port), kemi.Int(3))
	if n := h.handles(0); n < 1 {
		t.Errorf("%d handles", n)
	}
	h.run("lose")
	wait(t, func() bool { runtime.GC(); return h.handles(0) == 0 }, "lost connections stay open")
	h.load(`local socket = require "socket" all = {}
		function open(port, count) for i = 1, count do all[i] = assert(socket.connect("127.0.0.1", port)) end end`)
	if got := h.run("open", kemi.Int(port), kemi.Int(100)); got != route.Failed {
		t.Errorf("outcome %d", got)
	}
	s := h.e.current.Load().shards[0].free[0]
	if n := s.handles.Len(); n != 64 {
		t.Errorf("%d handles, want 64", n)
	}
	h.e.Close()
	if n := s.handles.Len(); n != 0 {
		t.Errorf("%d handles are open after the end", n)
	}
}

func wait(t *testing.T, done func() bool, what string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// TestAnswersMeetTheMemoryLimit: an answer is no way around what a script may hold.
func TestAnswersMeetTheMemoryLimit(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 3<<20))
	}))
	defer srv.Close()
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`local http = require "socket.http"
		function f(url) KSR.note.add(tostring(select(2, http.request(url)))) end
		function large() local env = require "luasql.sqlite3".sqlite3()
			local conn = env:connect(":memory:")
			KSR.note.add(select(2, conn:execute("SELECT hex(zeroblob(2000000))")))
			conn:close() end`)
	h.run("f", kemi.Str(srv.URL))
	h.run("large")
	want := "the answer is longer than a text may be\nLuaSQL: error executing query. SQLite: the answer is larger than the script's memory allows: ask for fewer rows"
	if got := n.take(); got != want {
		t.Errorf("said %q\n%s", got, h.log)
	}
}

func TestOfflineLibraries(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.server.Offline = true
	h.load(`function f()
			KSR.note.add(tostring(select(2, require "luasql.mysql".mysql():connect("db", "user"))))
			KSR.note.add(tostring(select(2, pcall(require "redis".connect))))
			KSR.note.add(tostring(select(2, require "socket".connect("127.0.0.1", 1))))
		end`)
	h.run("f")
	want := "LuaSQL: error connecting to database. MySQL: there is no network in a test"
	if got := n.take(); len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("said %q\n%s", got, h.log)
	}
}
