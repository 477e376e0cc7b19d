package log

import (
	"maps"
	"sync"
	"sync/atomic"
)

// moduleLevels are the thresholds of those who have one of their own.
type moduleLevels struct {
	mu      sync.Mutex // of those who change it
	byName  atomic.Pointer[map[string]Level]
	highest atomic.Int32
}

// none is below every level.
const none = int32(Alert) - 1

// SetModuleThreshold gives a speaker ("tm", "<core>") a threshold of its own (dbg.set_mod_level).
func (l *Logger) SetModuleThreshold(who string, level Level) {
	m := l.modules
	m.mu.Lock()
	defer m.mu.Unlock()
	levels := map[string]Level{}
	if old := m.byName.Load(); old != nil {
		levels = maps.Clone(*old)
	}
	levels[who] = level
	highest := none
	for _, x := range levels {
		highest = max(highest, int32(x))
	}
	m.byName.Store(&levels)
	m.highest.Store(highest)
}

// ModuleThreshold is the highest level that a speaker's records are written with.
func (l *Logger) ModuleThreshold(who string) Level {
	if levels := l.modules.byName.Load(); levels != nil {
		if level, own := (*levels)[who]; own {
			return level
		}
	}
	return l.Threshold()
}

// permits tells whether a record is written, by its speaker's threshold.
func (l *Logger) permits(level Level, who string) bool {
	if l.modules.byName.Load() == nil {
		return int32(level) <= l.threshold.Load()
	}
	return level <= l.ModuleThreshold(who)
}
