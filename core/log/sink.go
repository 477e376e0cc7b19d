package log

import (
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// sink is a form that records are written in. It may be used from any goroutine.
type sink interface {
	record(level Level, who, text string)
}

// lines writes plain lines: time, level, who, text.
type lines struct {
	colour bool

	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

// timeFormat leaves the year to whoever keeps the log.
const timeFormat = "Jan 02 15:04:05.000"

func (s *lines) record(level Level, who, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := time.Now().AppendFormat(s.buf[:0], timeFormat)
	b = append(b, ' ')
	if s.colour {
		b = append(append(append(b, colourOf(level)...), level.String()...), "\x1b[0m"...)
	} else {
		b = append(b, level.String()...)
	}
	b = append(b, ": "...)
	if who != "" {
		b = append(append(b, who...), ": "...)
	}
	b = append(append(b, text...), '\n')
	s.buf = b
	_, _ = s.w.Write(b) // a log that cannot be written has nobody to tell
}

// colourOf is the terminal's code for a level: red for errors, yellow for warnings.
func colourOf(level Level) string {
	switch {
	case level <= Err:
		return "\x1b[31m"
	case level == Warn:
		return "\x1b[33m"
	case level == Debug:
		return "\x1b[90m"
	}
	return "\x1b[36m"
}

// objects writes JSON objects.
type objects struct{ z zerolog.Logger }

func (s objects) record(level Level, who, text string) {
	s.z.WithLevel(zerologLevel(level)).Str("severity", level.String()).Str("who", who).
		Str(zerolog.TimestampFieldName, time.Now().Format(time.RFC3339Nano)).Msg(text)
}

// Zerolog gives a room that writes zerolog records a logger whose records end here.
func (l *Logger) Zerolog() zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{
		Out: adapter{l}, NoColor: true, PartsOrder: []string{zerolog.MessageFieldName},
	}).Level(zerologLevel(l.Threshold()))
}

// adapter takes finished lines as records of the core.
type adapter struct{ l *Logger }

// Write implements io.Writer; the level was checked before.
func (a adapter) Write(line []byte) (int, error) {
	text := string(line)
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	a.l.out.record(Warn, "<core>", text)
	return len(line), nil
}

func zerologLevel(level Level) zerolog.Level {
	switch {
	case level >= Debug:
		return zerolog.DebugLevel
	case level >= Notice:
		return zerolog.InfoLevel
	case level == Warn:
		return zerolog.WarnLevel
	}
	return zerolog.ErrorLevel
}
