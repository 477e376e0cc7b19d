package lua

import (
	"strings"
	"unsafe"

	glua "github.com/yuin/gopher-lua"
)

// freeGap is how far behind its end a table may be written to without a look at the limit.
const freeGap = 256

// setFunction writes t[k] = v, in place of the VM's own instruction, where k is computed:
// gopher-lua fills the places up to a number with nils.
var setFunction = goFunction(setIndex)

func setIndex(L *glua.LState) int {
	t, key, value := L.Get(1), L.Get(2), L.Get(3)
	s := stateOf(L)
	switch k := key.(type) {
	case glua.LNumber:
		s.reach(L, t, float64(k))
	case glua.LString:
		key = s.own(k)
	}
	L.SetTable(t, key, s.ownValue(value))
	return 0
}

// keyFunction gives back a key of a table that is being made.
var keyFunction = goFunction(func(L *glua.LState) int {
	key := L.Get(1)
	if k, ok := key.(glua.LNumber); ok && float64(k) > freeGap {
		stateOf(L).grow(L, float64(k), 0)
	}
	L.Push(key)
	return 1
})

// reach sees that the table which an assignment ends in may grow to hold the index.
func (s *state) reach(L *glua.LState, t glua.LValue, index float64) {
	for range glua.MaxTableGetLoop {
		if index <= freeGap {
			return
		}
		if table, ok := t.(*glua.LTable); ok {
			s.grow(L, index, len(arrayPart(table)))
		}
		if t = L.GetMetaField(t, "__newindex"); t == glua.LNil {
			return
		}
	}
}

// grow checks that a table of some length may be filled up to an index. A single table's gap may take
// an eighth of the memory, like a text.
func (s *state) grow(L *glua.LState, index float64, length int) {
	if index >= float64(glua.MaxArrayIndex) || index != float64(int(index)) {
		return // such a key lies in the table's hash
	}
	gap := int(index) - length
	if gap <= freeGap {
		return
	}
	if limit := s.engine.host.Limits.Memory; limit > 0 && int64(gap)*slotBytes > limit/8 {
		s.engine.hits.memory.Add(1)
		L.RaiseError("the index %d lies %d places behind the end of the table, all of which would take memory; use a text as the key", int(index), gap)
	}
	s.charge(L, gap*slotBytes)
}

// own gives a text that may be kept: a part of the message in hand would keep all of the message.
func (s *state) own(text glua.LString) glua.LString {
	if s.ctx == nil || s.ctx.Msg == nil || s.ctx.Msg.Message == nil || !within(string(text), s.ctx.Msg.Raw) {
		return text
	}
	return glua.LString(strings.Clone(string(text)))
}

func (s *state) ownValue(v glua.LValue) glua.LValue {
	if text, ok := v.(glua.LString); ok {
		return s.own(text)
	}
	return v
}

// within tells whether a text is a part of another one, not whether it occurs there.
func within(part, whole string) bool {
	if part == "" || whole == "" {
		return false
	}
	from, at := uintptr(unsafe.Pointer(unsafe.StringData(whole))), uintptr(unsafe.Pointer(unsafe.StringData(part)))
	return at >= from && at < from+uintptr(len(whole))
}

// pinned is the length from which on a text is not kept alive by a small part of it.
const pinned = 1024

// piece is a part of a text for a script: of a long text a copy, if it is short.
func piece(text string, from, to int) string {
	part := text[from:to]
	if len(text) >= pinned && len(part) < len(text)/4 {
		return strings.Clone(part)
	}
	return part
}
