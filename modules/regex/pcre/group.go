package pcre

import "strings"

// groupKind is how a group that begins with a prefix is read; start is the place of its parenthesis.
type groupKind struct {
	prefix string
	read   func(p *parser, start int) (*node, error)
}

// groupKinds are what the characters after an opening parenthesis begin; longer ones stand first.
func groupKinds() []groupKind {
	return []groupKind{
		{"(?:", (*parser).inner},
		{"(?=", look(false, false)},
		{"(?!", look(false, true)},
		{"(?<=", look(true, false)},
		{"(?<!", look(true, true)},
		{"(?>", (*parser).atomic},
		{"(?P<", named(">")},
		{"(?<", named(">")},
		{"(?'", named("'")},
		{"(?P=", func(p *parser, start int) (*node, error) { return p.backName(start, ")") }},
		{"(?|", refused("groups that share their numbers, (?|, are not supported")},
		{"(?(", refused("conditional groups, (?(, are not supported")},
		{"(?R", refused("recursion is not supported")},
		{"(?&", refused("recursion is not supported")},
		{"(?P>", refused("recursion is not supported")},
		{"(?C", refused("callouts are not supported")},
		{"(*", refused("verbs, (*, are not supported")},
		{"(?", (*parser).options},
		{"(", (*parser).capture},
	}
}

func (p *parser) group() (*node, error) {
	start := p.at
	for _, g := range groupKinds() {
		if p.take(g.prefix) {
			return g.read(p, start)
		}
	}
	return nil, p.fail(start, "unrecognized character after (") // cannot be: the last row takes all
}

// inner reads the alternatives of a group and its closing parenthesis. Flags that are set inside end there.
func (p *parser) inner(start int) (*node, error) {
	saved := p.flags
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	p.flags = saved
	if !p.take(")") {
		return nil, p.fail(start, "missing )")
	}
	return n, nil
}

func (p *parser) atomic(start int) (*node, error) {
	n, err := p.inner(start)
	return &node{kind: nodeAtomic, subs: []*node{n}}, err
}

func (p *parser) capture(start int) (*node, error) {
	p.groups++
	group := p.groups
	n, err := p.inner(start)
	if err != nil {
		return nil, err
	}
	return &node{kind: nodeGroup, group: group, subs: []*node{n}}, nil
}

func named(end string) func(*parser, int) (*node, error) {
	return func(p *parser, start int) (*node, error) {
		name, closed := p.until(end)
		if !closed || !validName(name) {
			return nil, p.fail(start, "bad name of a group")
		}
		if p.names[name] != 0 {
			return nil, p.fail(start, "two groups have the same name")
		}
		p.names[name] = p.groups + 1
		return p.capture(start)
	}
}

func validName(name string) bool {
	word, _ := escapeSet('w')
	for i := range len(name) {
		if !word.has(name[i]) {
			return false
		}
	}
	return name != "" && name[0]-'0' > 9
}

// look reads a look-ahead or a look-behind.
func look(behind, negative bool) func(*parser, int) (*node, error) {
	return func(p *parser, start int) (*node, error) {
		n, err := p.inner(start)
		if err != nil {
			return nil, err
		}
		return &node{kind: nodeLook, behind: behind, negative: negative, subs: []*node{n}, at: start}, nil
	}
}

func refused(what string) func(*parser, int) (*node, error) {
	return func(p *parser, start int) (*node, error) { return nil, p.fail(start, what) }
}

// optionLetters are the flags in (?imsx).
var optionLetters = map[byte]Flags{'i': FoldCase, 'm': MultiLine, 's': DotAll, 'x': Extended, 'U': ungreedy, 'J': 0}

// options reads (?i), which holds to the end of the group, and (?i:...).
func (p *parser) options(start int) (*node, error) {
	if strings.IndexByte("0123456789+", p.peek()) >= 0 {
		return nil, p.fail(start, "recursion is not supported")
	}
	flags, off := p.flags, false
	for ; p.more() && p.peek() != ')' && p.peek() != ':'; p.at++ {
		bit, known := optionLetters[p.peek()]
		switch {
		case p.peek() == '-' && !off:
			off = true
		case !known:
			return nil, p.fail(p.at, "unrecognized character after (?")
		case off:
			flags &^= bit
		default:
			flags |= bit
		}
	}
	if p.take(")") {
		p.flags = flags
		return nil, nil
	}
	if !p.take(":") {
		return nil, p.fail(start, "missing )")
	}
	saved := p.flags
	p.flags = flags
	n, err := p.inner(start)
	p.flags = saved
	return n, err
}
