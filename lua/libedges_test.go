package lua

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/kemi"
)

// TestLogFileOfTheDay: a logger with a date in its file's name goes on in the next day's file.
func TestLogFileOfTheDay(t *testing.T) {
	h := newHost(t, testLimits, Options{}, new(note).module())
	c := h.manual()
	dir := t.TempDir()
	h.load(`local logger = require("logging.file")(` + strconv.Quote(filepath.Join(dir, "%s.log")) + `, "%Y-%m-%d", "%message\n")
		function f(text) logger:info(text) end`)
	h.run("f", kemi.Str("one"))
	first := c.Now().Format(time.DateOnly)
	c.Advance(24 * time.Hour)
	h.run("f", kemi.Str("two"))
	for day, want := range map[string]string{first: "one\n", c.Now().Format(time.DateOnly): "two\n"} {
		if text, err := os.ReadFile(filepath.Join(dir, day+".log")); err != nil || string(text) != want {
			t.Errorf("%s: %q %v\n%s", day, text, err, h.log)
		}
	}
}

// TestMarkedArrayWithHoles: a table that is an array by its metatable is none of a million million elements.
func TestMarkedArrayWithHoles(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	h.load(`local cjson = require "cjson"
		function f() KSR.note.add(tostring(select(2, pcall(cjson.encode, setmetatable({x = 1, [1e12] = 1}, cjson.array_mt))))) end`)
	h.run("f")
	if got := n.take(); !strings.Contains(got, "excessively sparse array") {
		t.Errorf("%q\n%s", got, h.log)
	}
}
