package lua

import (
	"strconv"
	"strings"
	"sync"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
)

// maxFaults bounds how many places of failure are told apart.
const maxFaults = 1024

// faults counts the failures of a script by their place, so that a broken line that every
// message runs does not fill the log.
type faults struct {
	mu    sync.Mutex
	count map[string]int
}

// seen counts one more failure at a place and gives how many there were.
func (f *faults) seen(place string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == nil || len(f.count) >= maxFaults {
		f.count = map[string]int{}
	}
	f.count[place]++
	return f.count[place]
}

// fail logs an error of a route: in full the first time, later only at each power of ten.
func (e *engine) fail(function string, err error) {
	text, trace := err.Error(), ""
	if api, ok := err.(*glua.ApiError); ok {
		text, trace = errorText(api.Object), api.StackTrace
	}
	n := e.faults.seen(place(text))
	text = e.explain(text)
	switch {
	case n == 1 && trace != "":
		e.log().Write(log.Err, "<script>", "error in "+function+": "+text+"\n"+trace)
	case n == 1:
		e.log().Write(log.Err, "<script>", "error in "+function+": "+text)
	case powerOfTen(n):
		e.log().Write(log.Err, "<script>", "error in "+function+", "+strconv.Itoa(n)+" times by now: "+text)
	default:
		e.log().Write(log.Debug, "<script>", "error in "+function+": "+text)
	}
}

// absent logs that an armed function does not exist. The default routes may be missing.
func (e *engine) absent(name string) {
	if strings.HasPrefix(name, "ksr_") && strings.HasSuffix(name, "_route") {
		return
	}
	e.log().Once("absent "+name, log.Err, "<script>", "there is no function "+name+" in the Lua scripts; the event goes on without it")
}

// errorText is what a script raised, as text.
func errorText(v glua.LValue) string {
	if glua.LVCanConvToString(v) {
		return textOf(v)
	}
	return "(error object is a " + v.Type().String() + " value)"
}

// place is the part of an error text that stays the same: its "file:line", or its beginning.
func place(text string) string {
	if where, _, ok := splitPosition(text); ok {
		return where.File + ":" + strconv.Itoa(where.Line)
	}
	return text[:min(len(text), 100)]
}

// splitPosition takes "file:line: reason" apart.
func splitPosition(text string) (where Error, reason string, ok bool) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], ':')
		if i < 0 {
			return Error{}, text, false
		}
		i += from
		rest := text[i+1:]
		j := strings.IndexByte(rest, ':')
		if j > 0 {
			if line, err := strconv.Atoi(rest[:j]); err == nil && line > 0 {
				return Error{File: text[:i], Line: line}, strings.TrimSpace(rest[j+1:]), true
			}
		}
		from = i + 1
	}
}

func powerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
