// Package log writes the server's log: one plain line a record, with the incumbent's levels,
// to which scripts and operators are used.
package log

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// Level is a severity on the scale of the debug= parameter: the higher, the chattier.
type Level int32

// The levels, as KSR.log and the xlog functions name them.
const (
	Alert  Level = -5
	Bug    Level = -4
	Crit   Level = -2
	Err    Level = -1
	Warn   Level = 0
	Notice Level = 1
	Info   Level = 2
	Debug  Level = 3
)

var levelNames = map[Level]string{
	Alert: "ALERT", Bug: "BUG", Crit: "CRITICAL", Err: "ERROR", Warn: "WARNING", Notice: "NOTICE", Info: "INFO", Debug: "DEBUG",
}

// String is the level's name as it stands in a log line.
func (l Level) String() string { return levelNames[l] }

// ParseLevel reads the names that KSR.log and xlog take: "err", "L_ERR", "warn" and so on.
func ParseLevel(name string) (Level, bool) {
	switch strings.ToLower(strings.TrimPrefix(name, "L_")) {
	case "alert":
		return Alert, true
	case "bug":
		return Bug, true
	case "crit", "critical":
		return Crit, true
	case "err", "error":
		return Err, true
	case "warn", "warning":
		return Warn, true
	case "notice":
		return Notice, true
	case "info":
		return Info, true
	case "dbg", "debug":
		return Debug, true
	}
	return Err, false
}

// Logger writes records whose level is not above the threshold. It may be used from any goroutine.
type Logger struct {
	out       sink
	threshold *atomic.Int32
	modules   *moduleLevels
	places    *places
}

// maxPlaces bounds the memory that Once may take.
const maxPlaces = 4096

// places remembers who spoke already.
type places struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

// New makes a logger that writes plain lines to w. Colour marks the level for a terminal.
func New(w io.Writer, threshold Level, colour bool) *Logger {
	return newLogger(&lines{w: w, colour: colour}, threshold)
}

// NewJSON makes a logger that writes one JSON object a record, for programs.
func NewJSON(w io.Writer, threshold Level) *Logger {
	return newLogger(objects{zerolog.New(zerolog.SyncWriter(w))}, threshold)
}

func newLogger(s sink, threshold Level) *Logger {
	l := &Logger{out: s, threshold: new(atomic.Int32), modules: new(moduleLevels), places: &places{seen: map[string]struct{}{}}}
	l.threshold.Store(int32(threshold))
	l.modules.highest.Store(none)
	return l
}

// Discard is a logger that writes nothing.
func Discard() *Logger { return New(io.Discard, Alert-1, false) }

// Enabled tells whether a record of this level may be written; ask before building a costly text.
func (l *Logger) Enabled(level Level) bool {
	return int32(level) <= l.threshold.Load() || int32(level) <= l.modules.highest.Load()
}

// Threshold is the highest level that is written.
func (l *Logger) Threshold() Level { return Level(l.threshold.Load()) }

// SetThreshold changes it at run time (corex.debug, KSR.kex.setdebug).
func (l *Logger) SetThreshold(level Level) { l.threshold.Store(int32(level)) }

// Write writes one record: who says it (a module, <core> or <script>) and what.
func (l *Logger) Write(level Level, who, text string) {
	if l.permits(level, who) {
		l.out.record(level, who, strings.TrimRight(text, "\r\n"))
	}
}

// Print writes one record whose text names its speaker itself, if at all.
func (l *Logger) Print(level Level, text string) { l.Write(level, "", text) }

// Once writes a record the first time that its place (a script line, a source address) speaks,
// and tells whether it did. Past maxPlaces places the table starts anew.
func (l *Logger) Once(place string, level Level, who, text string) bool {
	if !l.places.first(place) {
		return false
	}
	l.Write(level, who, text)
	return true
}

func (p *places) first(place string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, seen := p.seen[place]; seen {
		return false
	}
	if len(p.seen) >= maxPlaces {
		clear(p.seen)
	}
	p.seen[place] = struct{}{}
	return true
}

// Error writes one record of level Err.
func (l *Logger) Error(who, text string) { l.Write(Err, who, text) }

// Warning writes one record of level Warn.
func (l *Logger) Warning(who, text string) { l.Write(Warn, who, text) }

// Notice writes one record of level Notice.
func (l *Logger) Notice(who, text string) { l.Write(Notice, who, text) }

// Info writes one record of level Info.
func (l *Logger) Info(who, text string) { l.Write(Info, who, text) }

// Debug writes one record of level Debug.
func (l *Logger) Debug(who, text string) { l.Write(Debug, who, text) }
