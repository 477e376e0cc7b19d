package pcre

// Bounds of one match.
const (
	maxSteps   = 2_000_000 // instructions
	maxVisited = 1 << 25   // bits that remember failed states
)

// machine runs a program on a text, going back when it fails.
type machine struct {
	re      *Regexp
	text    string
	slots   []int
	stack   []frame
	steps   int
	visited []uint64 // states that need not be tried again; nil if they cannot be kept
}

// frame is a place to go back to, or (slot >= 0) an old value of a slot to put back.
type frame struct{ pc, pos, slot int }

// begin makes the machine ready for a text.
func (m *machine) begin(text string) {
	m.text, m.steps, m.stack = text, 0, m.stack[:0]
	m.visited = m.visited[:0]
	bits := len(m.re.prog) * (len(text) + 1)
	if !m.re.pure || bits > maxVisited {
		return
	}
	words := (bits + 63) / 64
	if cap(m.visited) < words {
		m.visited = make([]uint64, words)
		return
	}
	m.visited = m.visited[:words]
	clear(m.visited)
}

// search tries each place of the text.
func (m *machine) search() (bool, error) {
	for at := 0; at <= len(m.text); at++ {
		if m.re.first != nil && (at == len(m.text) || !m.re.first.has(m.text[at])) {
			continue
		}
		for i := range m.slots {
			m.slots[i] = -1
		}
		if _, ok := m.run(0, at); ok {
			return true, nil
		}
		if m.steps > m.limit() {
			return false, ErrTooMuchWork
		}
		if m.re.anchored {
			break
		}
	}
	return false, nil
}

// limit is how many steps the match may take; with a memory of failed states it ends by itself.
func (m *machine) limit() int {
	if len(m.visited) > 0 {
		return maxVisited
	}
	return maxSteps
}

// run runs a program from a place up to opAccept and gives the place where it ends.
func (m *machine) run(pc, pos int) (end int, ok bool) {
	base := len(m.stack)
	for m.steps <= m.limit() {
		m.steps++
		if m.re.prog[pc].op == opAccept {
			m.settle(base)
			return pos, true
		}
		ok = !m.seen(pc, pos)
		if ok {
			pc, pos, ok = m.step(pc, pos)
		}
		if !ok {
			if pc, pos, ok = m.backtrack(base); !ok {
				return 0, false
			}
		}
	}
	m.unwind(base)
	return 0, false
}

// seen tells whether a state was tried before, and notes it.
func (m *machine) seen(pc, pos int) bool {
	if len(m.visited) == 0 {
		return false
	}
	bit := pos*len(m.re.prog) + pc
	word, mask := &m.visited[bit>>6], uint64(1)<<(bit&63)
	if *word&mask != 0 {
		return true
	}
	*word |= mask
	return false
}

// step runs one instruction and gives the next state; ok is false if it fails.
func (m *machine) step(pc, pos int) (nextPC, nextPos int, ok bool) {
	i := &m.re.prog[pc]
	switch i.op {
	case opSet:
		if pos == len(m.text) || !i.set.has(m.text[pos]) {
			return 0, 0, false
		}
		return pc + 1, pos + 1, true
	case opSplit:
		m.stack = append(m.stack, frame{i.y, pos, -1})
		return i.x, pos, true
	case opJump:
		return i.x, pos, true
	case opSave:
		m.stack = append(m.stack, frame{0, m.slots[i.x], i.x})
		m.slots[i.x] = pos
		return pc + 1, pos, true
	case opAssert:
		return pc + 1, pos, m.holds(i.assert, pos)
	case opBack:
		n, ok := m.again(i, pos)
		return pc + 1, pos + n, ok
	case opStep:
		return pc + 1, pos - i.x, pos >= i.x
	case opLoop:
		if m.slots[i.y] == pos {
			return pc + 1, pos, true
		}
		return i.x, pos, true
	case opAtomic:
		end, ok := m.run(pc+1, pos)
		return i.x, end, ok
	case opLook:
		return i.x, pos, m.look(i, pc+1, pos)
	}
	return pc, pos, true // opAccept
}

// look runs the inside of a look-around. What a negative one matched is forgotten.
func (m *machine) look(i *inst, pc, pos int) bool {
	base := len(m.stack)
	_, found := m.run(pc, pos)
	if i.negative && found {
		m.unwind(base)
	}
	return found != i.negative && m.steps <= m.limit()
}

// again compares with what a group matched, and gives its length.
func (m *machine) again(i *inst, pos int) (n int, ok bool) {
	from, to := m.slots[i.x], m.slots[i.x+1]
	if from < 0 || to < from {
		return 0, false
	}
	n = to - from
	if len(m.text)-pos < n {
		return 0, false
	}
	was, is := m.text[from:to], m.text[pos:pos+n]
	return n, was == is || i.fold && equalFold(was, is)
}

func equalFold(a, b string) bool {
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (x|0x20 != y|0x20 || (x|0x20)-'a' > 25) {
			return false
		}
	}
	return true
}

// backtrack goes to the newest place to go back to above base.
func (m *machine) backtrack(base int) (pc, pos int, ok bool) {
	for len(m.stack) > base {
		f := m.pop()
		if f.slot < 0 {
			return f.pc, f.pos, true
		}
		m.slots[f.slot] = f.pos
	}
	return 0, 0, false
}

func (m *machine) pop() frame {
	f := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return f
}

// unwind puts all slots back and forgets the places to go back to.
func (m *machine) unwind(base int) {
	for len(m.stack) > base {
		if f := m.pop(); f.slot >= 0 {
			m.slots[f.slot] = f.pos
		}
	}
}

// settle forgets the places to go back to, but keeps what puts slots back.
func (m *machine) settle(base int) {
	kept := m.stack[:base]
	for _, f := range m.stack[base:] {
		if f.slot >= 0 {
			kept = append(kept, f)
		}
	}
	m.stack = kept
}

// holds tells whether a place fulfils a condition.
func (m *machine) holds(a assertion, pos int) bool {
	n := len(m.text)
	switch a {
	case textStart:
		return pos == 0
	case textEnd:
		return pos == n
	case lastLine:
		return pos == n || pos == n-1 && m.text[pos] == '\n'
	case lineStart:
		return pos == 0 || m.text[pos-1] == '\n' && pos < n
	case lineEnd:
		return pos == n || m.text[pos] == '\n'
	}
	edge := pos > 0 && wordByte(m.text[pos-1]) != (pos < n && wordByte(m.text[pos])) || pos == 0 && n > 0 && wordByte(m.text[0])
	return edge == (a == wordEdge)
}

func wordByte(b byte) bool {
	return b-'0' < 10 || (b|0x20)-'a' < 26 || b == '_'
}
