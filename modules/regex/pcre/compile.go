package pcre

// op is what an instruction does.
type op uint8

const (
	opSet    op = iota // one byte of the set
	opSplit            // go on at x; if that fails at y
	opJump             // go on at x
	opSave             // note the place in slot x
	opAssert           // the place fulfils the condition
	opBack             // what lies between the slots x and x+1
	opAtomic           // what follows up to opAccept, and then x, without going back
	opLook             // what follows up to opAccept is there, or is not; then x from the old place
	opStep             // go x bytes back
	opLoop             // end a loop that took nothing since slot y; else begin it again at x
	opAccept           // the end of a part, or of the whole
)

// inst is one instruction; after it the next one follows, if it does not say otherwise.
type inst struct {
	op       op
	assert   assertion
	fold     bool
	negative bool
	x, y     int
	set      *set
}

// maxProgram bounds the parts of a pattern: counted repetitions are written out.
const maxProgram = 1 << 16

// compiler turns nodes into instructions.
type compiler struct {
	prog    []inst
	hasBack bool
	groups  int
	marks   int
	parts   int // how many were written
	pure    bool
}

// slots is how many places a match keeps: two for each group, one for each loop.
func (c *compiler) slots() int { return 2*(c.groups+1) + c.marks }

func (c *compiler) compile(root *node) error {
	if err := c.node(root); err != nil {
		return err
	}
	c.emit(inst{op: opAccept})
	return nil
}

func (c *compiler) emit(i inst) int {
	c.prog = append(c.prog, i)
	return len(c.prog) - 1
}

// here is the place of the next instruction.
func (c *compiler) here() int { return len(c.prog) }

func (c *compiler) node(n *node) error {
	if c.parts++; c.parts > maxProgram {
		return &Error{n.at, "the pattern is too large"}
	}
	switch n.kind {
	case nodeSet:
		c.emit(inst{op: opSet, set: &n.set})
	case nodeConcat:
		for _, s := range n.subs {
			if err := c.node(s); err != nil {
				return err
			}
		}
	case nodeAlternate:
		return c.alternate(n.subs, c.node)
	case nodeRepeat:
		return c.repeat(n)
	case nodeGroup:
		return c.group(n)
	case nodeAtomic:
		c.pure = false
		return c.part(inst{op: opAtomic}, func() error { return c.node(n.subs[0]) })
	case nodeLook:
		c.pure = false
		return c.part(inst{op: opLook, negative: n.negative}, func() error { return c.look(n) })
	case nodeBack:
		c.pure = false
		c.emit(inst{op: opBack, x: 2 * n.group, fold: n.fold})
	case nodeAssert:
		c.emit(inst{op: opAssert, assert: n.assert})
	}
	return nil
}

// alternate tries one after the other.
func (c *compiler) alternate(subs []*node, one func(*node) error) error {
	var ends []int
	for i, s := range subs {
		split := -1
		if i < len(subs)-1 {
			split = c.emit(inst{op: opSplit, x: c.here() + 1})
		}
		if err := one(s); err != nil {
			return err
		}
		if split >= 0 {
			ends = append(ends, c.emit(inst{op: opJump}))
			c.prog[split].y = c.here()
		}
	}
	for _, e := range ends {
		c.prog[e].x = c.here()
	}
	return nil
}

func (c *compiler) group(n *node) error {
	if !c.hasBack {
		return c.node(n.subs[0])
	}
	c.emit(inst{op: opSave, x: 2 * n.group})
	if err := c.node(n.subs[0]); err != nil {
		return err
	}
	c.emit(inst{op: opSave, x: 2*n.group + 1})
	return nil
}

// part writes instructions that a match runs on their own.
func (c *compiler) part(i inst, inside func() error) error {
	at := c.emit(i)
	if err := inside(); err != nil {
		return err
	}
	c.emit(inst{op: opAccept})
	c.prog[at].x = c.here()
	return nil
}

// look writes the inside of a look-around. Behind, each alternative goes back by its own length first.
func (c *compiler) look(n *node) error {
	sub := n.subs[0]
	if !n.behind {
		return c.node(sub)
	}
	subs := []*node{sub}
	if sub.kind == nodeAlternate {
		subs = sub.subs
	}
	return c.alternate(subs, func(s *node) error {
		l, ok := length(s)
		if !ok {
			return &Error{n.at, "lookbehind assertion is not fixed length"}
		}
		c.emit(inst{op: opStep, x: l})
		return c.node(s)
	})
}

// repeat writes the least number of copies, and then a loop or the optional copies.
func (c *compiler) repeat(n *node) error {
	for range n.min {
		if err := c.node(n.subs[0]); err != nil {
			return err
		}
	}
	if n.max < 0 {
		return c.loop(n)
	}
	var splits []int
	for range n.max - n.min {
		splits = append(splits, c.split(n.lazy))
		if err := c.node(n.subs[0]); err != nil {
			return err
		}
	}
	for _, s := range splits {
		c.leave(s, n.lazy)
	}
	return nil
}

func (c *compiler) loop(n *node) error {
	top := c.split(n.lazy)
	empty := canBeEmpty(n.subs[0])
	mark := 2*(c.groups+1) + c.marks
	if empty {
		c.marks++
		c.emit(inst{op: opSave, x: mark})
	}
	if err := c.node(n.subs[0]); err != nil {
		return err
	}
	if empty {
		c.emit(inst{op: opLoop, x: top, y: mark})
	} else {
		c.emit(inst{op: opJump, x: top})
	}
	c.leave(top, n.lazy)
	return nil
}

// split begins something optional; leave tells where it ends.
func (c *compiler) split(lazy bool) int {
	at := c.emit(inst{op: opSplit})
	if lazy {
		c.prog[at].y = c.here()
	} else {
		c.prog[at].x = c.here()
	}
	return at
}

func (c *compiler) leave(split int, lazy bool) {
	if lazy {
		c.prog[split].x = c.here()
	} else {
		c.prog[split].y = c.here()
	}
}
