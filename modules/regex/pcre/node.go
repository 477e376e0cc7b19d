package pcre

// kind is what a node matches.
type kind uint8

const (
	nodeEmpty     kind = iota
	nodeSet            // one byte of a set
	nodeConcat         // subs one after the other
	nodeAlternate      // one of subs
	nodeRepeat         // subs[0], min to max times
	nodeGroup          // subs[0], kept as a group
	nodeAtomic         // subs[0], without going back into it
	nodeLook           // subs[0] is there, or is not, before or behind
	nodeBack           // what a group matched
	nodeAssert         // a condition on the place
)

// node is a part of a pattern.
type node struct {
	kind     kind
	set      set
	subs     []*node
	min, max int // max -1: no bound
	lazy     bool
	group    int // of nodeGroup and nodeBack
	fold     bool
	behind   bool // of nodeLook
	negative bool
	assert   assertion
	at       int // the place in the pattern
}

// assertion is a condition on a place in the text.
type assertion uint8

const (
	textStart  assertion = iota // \A, and ^ without MultiLine
	lineStart                   // ^
	textEnd                     // \z
	lastLine                    // \Z, and $ without MultiLine: at the end, or before a line end that is the last byte
	lineEnd                     // $
	wordEdge                    // \b
	noWordEdge                  // \B
)

// canBeEmpty tells whether a node can match nothing at all.
func canBeEmpty(n *node) bool {
	switch n.kind {
	case nodeSet:
		return false
	case nodeConcat:
		for _, s := range n.subs {
			if !canBeEmpty(s) {
				return false
			}
		}
		return true
	case nodeAlternate:
		for _, s := range n.subs {
			if canBeEmpty(s) {
				return true
			}
		}
		return false
	case nodeRepeat:
		return n.min == 0 || canBeEmpty(n.subs[0])
	case nodeGroup, nodeAtomic:
		return canBeEmpty(n.subs[0])
	}
	return true
}

// firstBytes adds the bytes that a node can begin with; false if they cannot be told.
func firstBytes(n *node, first *set) bool {
	switch n.kind {
	case nodeSet:
		first.addSet(&n.set)
	case nodeConcat, nodeAlternate:
		for _, s := range n.subs {
			if !firstBytes(s, first) {
				return false
			}
			if n.kind == nodeConcat && !canBeEmpty(s) {
				return true
			}
		}
	case nodeRepeat, nodeGroup, nodeAtomic:
		return firstBytes(n.subs[0], first)
	case nodeBack:
		return false
	}
	return true
}

// anchored tells whether a node matches only where the text starts.
func anchored(n *node) bool {
	switch n.kind {
	case nodeAssert:
		return n.assert == textStart
	case nodeConcat:
		return anchored(n.subs[0])
	case nodeGroup, nodeAtomic:
		return anchored(n.subs[0])
	case nodeAlternate:
		for _, s := range n.subs {
			if !anchored(s) {
				return false
			}
		}
		return true
	}
	return false
}

// length is how many bytes a node matches; ok is false if that varies.
func length(n *node) (bytes int, ok bool) {
	switch n.kind {
	case nodeSet:
		return 1, true
	case nodeConcat:
		for _, s := range n.subs {
			l, ok := length(s)
			if !ok {
				return 0, false
			}
			bytes += l
		}
		return bytes, true
	case nodeAlternate:
		return commonLength(n.subs)
	case nodeRepeat:
		l, ok := length(n.subs[0])
		return l * n.min, ok && n.min == n.max
	case nodeGroup, nodeAtomic:
		return length(n.subs[0])
	case nodeBack:
		return 0, false
	}
	return 0, true
}

func commonLength(subs []*node) (bytes int, ok bool) {
	bytes, ok = length(subs[0])
	for _, s := range subs[1:] {
		if l, same := length(s); !ok || !same || l != bytes {
			return 0, false
		}
	}
	return bytes, ok
}
