package lua

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

const (
	maxFaults    = 1024        // places of failure that are told apart
	summaryEvery = time.Minute // how often a place that goes on failing is told of
)

// faults counts the failures of the scripts by their place, so that a broken line that every
// message runs does not fill the log: each place is told of in full once, then by a count at intervals.
type faults struct {
	mu     sync.Mutex
	places map[string]*fault
	timer  *clock.Timer // armed while there is something to sum up
}

// fault is one place that fails.
type fault struct {
	text  string // the first error there
	total int
	told  int // of total, in the log
}

// fail logs an error of a route: in full the first time that its place fails.
func (e *engine) fail(c *kemi.Ctx, s *state, function string, err error) {
	text, trace := err.Error(), ""
	if api, ok := err.(*glua.ApiError); ok {
		text, trace = errorText(api.Object), api.StackTrace
	}
	e.hits.failures.Add(1)
	e.hits.overflow(text)
	if !e.faults.first(e, c, text) {
		e.log().Write(log.Debug, "<script>", "error in "+function+": "+text)
		return
	}
	report := "error in " + function + ": " + e.explain(text)
	if who := identity(c); who != "" {
		report += "\n\tmessage: " + who
	}
	if trace != "" && s != nil {
		report += "\n" + s.version.withLines(nameEntry(s.withCallers(trace), function))
	}
	e.log().Write(log.Err, "<script>", report)
}

// first counts a failure and tells whether its place is new. A place that is known is summed up later.
func (f *faults) first(e *engine, c *kemi.Ctx, text string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := place(text)
	known := f.places[at]
	if known == nil {
		if f.places == nil || len(f.places) >= maxFaults {
			f.places = map[string]*fault{}
		}
		f.places[at] = &fault{text: text, total: 1, told: 1}
		return true
	}
	known.total++
	if f.timer == nil {
		f.timer = &clock.Timer{Owner: &summary{f, e, c.Shard}}
		c.Shard.Arm(f.timer, summaryEvery)
	}
	return false
}

// summary is the timer that tells of places that went on failing; it belongs to a shard.
type summary struct {
	faults *faults
	engine *engine
	shard  *kemi.Shard
}

// Fire implements clock.Firer.
func (x *summary) Fire() {
	f := x.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer = nil
	f.tell(x.engine, " in the last minute")
}

// tell logs the counts of the places that have failed since they were told of. The caller holds the lock.
func (f *faults) tell(e *engine, since string) {
	var lines []string
	for _, known := range f.places {
		if more := known.total - known.told; more > 0 {
			lines = append(lines, "the same error "+times(more)+since+", "+strconv.Itoa(known.total)+" in all: "+known.text)
			known.told = known.total
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		e.log().Write(log.Err, "<script>", line)
	}
}

func times(n int) string {
	if n == 1 {
		return "once more"
	}
	return strconv.Itoa(n) + " times more"
}

// reset begins anew with the errors of a new version. The timer finds nothing to tell.
func (f *faults) reset(e *engine, when string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tell(e, when)
	f.places = nil
}

// identity tells messages apart for whoever reads the log: method or status, Call-ID, CSeq, and where it came from.
func identity(c *kemi.Ctx) string {
	if c == nil || c.Msg == nil || c.Msg.Message == nil {
		return ""
	}
	m := c.Msg
	what := m.MethodName
	if !m.IsRequest {
		what = strconv.Itoa(m.Status) + " " + m.Reason
	}
	text := what + ", Call-ID " + m.CallID()
	if h := m.First(sip.HdrCSeq); h != nil {
		text += ", CSeq " + h.Value
	}
	if m.Flow.Remote.IsValid() {
		text += ", from " + m.Flow.Proto.String() + ":" + m.Flow.Remote.String()
	}
	if c.Call != nil && c.Call.Event != "" {
		text += ", event " + c.Call.Event
	}
	return strings.Map(printable, text)
}

// printable keeps what a peer wrote within one line.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}

// nameEntry names the function that the server called: gopher-lua takes it for a main chunk.
func nameEntry(trace, function string) string {
	const mainChunk = "in main chunk"
	i := strings.LastIndex(trace, mainChunk)
	if i < 0 {
		return trace
	}
	return trace[:i] + "in function '" + function + "'" + trace[i+len(mainChunk):]
}

// withLines writes below each place of a trace the line of the script that stands there.
func (v *version) withLines(trace string) string {
	var b strings.Builder
	for line := range strings.Lines(trace) {
		line = strings.TrimRight(line, "\n")
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
		where, _, ok := splitPosition(strings.TrimSpace(line))
		if !ok {
			continue
		}
		if text := strings.TrimSpace(v.sources.line(where.File, where.Line)); text != "" {
			b.WriteString("\n\t\t" + strconv.Itoa(where.Line) + " | " + text)
		}
	}
	return b.String()
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
