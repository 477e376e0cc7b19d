package lua

import glua "github.com/yuin/gopher-lua"

// A text for a script is a Lua value in a box of its own, and making the box is a good part of
// what a read costs. Functions tend to give what they gave last time: the method, a peer's
// address, the same URI asked for again. So a state keeps the last box of each call. The text
// is part of a message, which stays in memory with it; long ones are not kept.
const (
	longestKept   = 256  // bytes of a text
	largestPinned = 8192 // bytes of the message that the text may be a part of
)

// box gives a text that a KSR function has returned as a Lua value.
func (s *state) box(text string, slot int) glua.LValue {
	if slot < len(s.boxes) {
		last := s.boxes[slot]
		if known, ok := last.(glua.LString); ok && string(known) == text {
			return last
		}
	}
	return s.newBox(text, slot)
}

func (s *state) newBox(text string, slot int) glua.LValue {
	box := luaString(text)
	if slot == 0 || len(text) > longestKept || s.messageSize() > largestPinned {
		return box
	}
	if slot >= len(s.boxes) {
		s.boxes = append(s.boxes, make([]glua.LValue, slot+1-len(s.boxes))...)
	}
	s.boxes[slot] = box
	return box
}

func (s *state) messageSize() int {
	if m := s.ctx.Msg; m != nil && m.Message != nil {
		return len(m.Raw)
	}
	return 0
}
