package lua

import (
	"runtime/metrics"
	"unsafe"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/log"
)

// measureEvery is how many runs lie between two measurements of a state; a state with more
// values than that is measured less often, so that a run pays for one value at most.
const measureEvery = 1000

// What values take, roughly, on a 64-bit machine.
const (
	tableBytes  = 120
	slotBytes   = 16
	entryBytes  = 150 // of a key in a table's hash, with the list of keys that gopher-lua keeps
	boxBytes    = 16
	threadBytes = 24 << 10
	longText    = 64 // texts from here on are counted once, however often they occur
)

// heapBytes is the memory that the process's objects take, garbage included.
func (s *state) heapBytes() uint64 {
	metrics.Read(s.sample)
	return s.sample[0].Value.Uint64()
}

// outgrown measures the state now and then, after a run, and tells whether it has to go.
func (s *state) outgrown() bool {
	s.runs++
	if !s.tooBig && s.runs < s.nextMeasure {
		return false
	}
	s.tooBig = false
	limit := s.engine.host.Limits.Memory
	m := measure{limit: limit, compact: true}
	m.all(s)
	s.nextMeasure = s.runs + max(measureEvery, m.values)
	if limit == 0 || m.bytes <= limit {
		return false
	}
	s.engine.log().Write(log.Warn, "<script>", "a Lua state holds more memory in its globals than the limit allows; it is replaced by a fresh one")
	return true
}

// size is how many bytes the state holds, counted up to the limit.
func (s *state) size(L *glua.LState, limit int64) int64 {
	m := measure{limit: limit}
	m.stack(L)
	if L != s.L {
		m.stack(s.L)
	}
	m.all(s)
	return m.bytes
}

// measure walks the values that a state can reach, until it has seen more than the limit.
type measure struct {
	limit   int64
	bytes   int64
	values  int
	compact bool // give back what deleted keys hold; only while no script runs
	seen    map[any]struct{}
	todo    []glua.LValue
}

// all adds what hangs from the globals. KSR tables that nobody has touched are the same in all
// states, and have more entries than most scripts.
func (m *measure) all(s *state) {
	if ksr := s.L.G.Global.RawGetString("KSR"); !s.touched && ksr != glua.LNil {
		m.first(ksr)
	}
	m.add(s.L.G.Global)
	m.add(s.L.G.Registry)
	m.drain()
}

// stack adds what the running functions of a thread hold.
func (m *measure) stack(L *glua.LState) {
	for _, v := range stackValues(L) {
		if m.full() {
			return
		}
		if v != nil {
			m.add(v)
		}
	}
	m.drain()
}

func (m *measure) drain() {
	for len(m.todo) > 0 && !m.full() {
		v := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		m.values++
		m.open(v)
	}
}

func (m *measure) full() bool { return m.limit > 0 && m.bytes > m.limit }

// add counts a value and notes what is to be opened later.
func (m *measure) add(v glua.LValue) {
	m.bytes += boxBytes
	switch v := v.(type) {
	case glua.LString:
		m.text(string(v))
	case *glua.LFunction:
		if holds := !v.IsG || len(v.Upvalues) > 0; holds && m.first(v) {
			m.todo = append(m.todo, v)
		}
	case *glua.LTable, *glua.LUserData, *glua.LState:
		if m.first(v) {
			m.todo = append(m.todo, v)
		}
	}
}

func (m *measure) text(s string) {
	if len(s) < longText || m.first(unsafe.StringData(s)) {
		m.bytes += int64(len(s))
	}
}

func (m *measure) first(p any) bool {
	if _, known := m.seen[p]; known {
		return false
	}
	if m.seen == nil {
		m.seen = map[any]struct{}{}
	}
	m.seen[p] = struct{}{}
	return true
}

// holder is a value of a library that holds memory of its own.
type holder interface{ HeldBytes() int64 }

func (m *measure) open(v glua.LValue) {
	switch v := v.(type) {
	case *glua.LTable:
		m.table(v)
	case *glua.LFunction:
		m.bytes += tableBytes
		for _, up := range v.Upvalues {
			m.add(up.Value())
		}
		if v.Env != nil {
			m.add(v.Env)
		}
	case *glua.LUserData:
		m.bytes += tableBytes
		if h, ok := v.Value.(holder); ok {
			m.bytes += h.HeldBytes()
		}
		if v.Metatable != nil {
			m.add(v.Metatable)
		}
	case *glua.LState:
		m.bytes += threadBytes
		if !v.Dead {
			m.stack(v)
		}
	}
}

func (m *measure) table(t *glua.LTable) {
	m.bytes += tableBytes
	if t.Metatable != nil {
		m.add(t.Metatable)
	}
	array := arrayPart(t)
	m.bytes += int64(cap(array)) * slotBytes
	live := 0
	t.ForEach(func(key, value glua.LValue) {
		if m.full() {
			return
		}
		if n, isNumber := key.(glua.LNumber); !isNumber || !isPlace(n, array) {
			live++
			m.bytes += entryBytes
			m.add(key)
		}
		m.add(value)
	})
	dead := keyCount(t) - live
	m.bytes += int64(max(dead, 0)) * entryBytes / 2
	if m.compact && (dead > measureEvery && dead > live || cap(array) > measureEvery && t.MaxN() < cap(array)/4) {
		compact(t)
	}
}

// isPlace tells whether a number is an index of a table's array.
func isPlace(n glua.LNumber, array []glua.LValue) bool {
	return n >= 1 && n <= glua.LNumber(len(array)) && n == glua.LNumber(int(n))
}

// compact rebuilds a table without its deleted keys and without room behind its end. Nobody may be in the middle of pairs().
func compact(t *glua.LTable) {
	fresh := &glua.LTable{Metatable: t.Metatable}
	for k, v := t.Next(glua.LNil); k != glua.LNil; k, v = t.Next(k) {
		fresh.RawSet(k, v)
	}
	*t = *fresh
}
