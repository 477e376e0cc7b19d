package luatest

import (
	"regexp"
	"strings"
	"sync"
)

// record is a log in memory, by lines without their time.
type record struct {
	mu    sync.Mutex
	lines []string
}

// timeWidth is the length of the time that a log line begins with, "Jan 02 15:04:05.000 ".
const timeWidth = 20

// Write implements io.Writer. What is written is one record, maybe of several lines.
func (r *record) Write(p []byte) (int, error) {
	text := strings.TrimRight(string(p), "\n")
	if len(text) > timeWidth {
		text = text[timeWidth:]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, text)
	return len(p), nil
}

// all gives the records so far.
func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

// having gives the records that contain a text.
func (r *record) having(text string) (found []string) {
	for _, line := range r.all() {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// scriptErrors are the records of mistakes in the routing script: errors with their tracebacks,
// and functions that were called wrongly. What the script itself logs is none.
func (r *record) scriptErrors() (found []string) {
	for _, line := range r.all() {
		rest, ok := strings.CutPrefix(line, "ERROR: <script>: ")
		if ok && (strings.HasPrefix(rest, "error in ") || misuse.MatchString(rest)) {
			found = append(found, rest)
		}
	}
	return found
}

// misuse is how a record begins about a function that was called wrongly: "routes.lua:12: KSR.pv.get: …".
var misuse = regexp.MustCompile(`^[^ ]+:\d+: KSR\.`)

// worth are the records at level WARNING and above.
func (r *record) worth() (found []string) {
	for _, line := range r.all() {
		switch level, _, _ := strings.Cut(line, ":"); level {
		case "WARNING", "ERROR", "CRITICAL", "ALERT", "BUG":
			found = append(found, line)
		}
	}
	return found
}
