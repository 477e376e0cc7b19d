package pcre

import (
	"strconv"
	"strings"
)

// namedGroups are the openings of named groups and what ends the name.
var namedGroups = []struct{ open, end string }{{"(?P<", ">"}, {"(?<", ">"}, {"(?'", "'"}}

// plainGroups are openings that the engine has as they are.
var plainGroups = []string{"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"}

func (t *translator) group() error {
	if len(t.open) == maxNest {
		return fail("parentheses are nested too deep")
	}
	for _, open := range plainGroups {
		if t.take(open) {
			return t.begin(open, t.flags)
		}
	}
	for _, g := range namedGroups {
		if t.take(g.open) {
			return t.named(g.end)
		}
	}
	switch {
	case t.take("(?P="):
		return t.nameReference(")")
	case t.take("(?"):
		return t.options()
	case t.take("(*"):
		return fail("verbs, (*, are not supported")
	}
	t.at++
	t.groups++
	return t.begin("(", t.flags)
}

// begin opens a group, inside which other flags may hold.
func (t *translator) begin(open string, inside Flags) error {
	t.open = append(t.open, parenthesis{len(t.out), t.flags})
	t.out, t.flags, t.atom = append(t.out, open...), inside, -1
	return nil
}

func (t *translator) close() error {
	if len(t.open) == 0 {
		return fail("unmatched closing parenthesis")
	}
	t.at++
	last := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	t.out, t.flags, t.atom, t.repeated = append(t.out, ')'), last.flags, last.out, false
	return nil
}

func (t *translator) named(end string) error {
	name, _ := t.until(end)
	if !validName.MatchString(name) {
		return fail("bad name of a group")
	}
	if t.names[name] != 0 {
		return fail("two groups have the same name")
	}
	t.groups++
	t.names[name] = t.groups
	return t.begin("(", t.flags)
}

// options reads (?i), which holds to the end of the group, and (?i:...).
func (t *translator) options() error {
	end := strings.IndexAny(t.in[t.at:], ":)")
	if end < 0 {
		return fail("missing ) after (?")
	}
	letters, closing := t.in[t.at:t.at+end], t.in[t.at+end]
	if strings.Trim(letters, "imsxUJ-") != "" || strings.Count(letters, "-") > 1 {
		return fail("not supported: (?" + letters)
	}
	t.at += end + 1
	on, off, _ := strings.Cut(letters, "-")
	flags := (t.flags | tracked(on)) &^ tracked(off)
	text := "(?" + engineLetters(on) + "-" + engineLetters(off)
	text = strings.TrimSuffix(text, "-")
	if closing == ':' {
		return t.begin(text+":", flags)
	}
	t.flags, t.atom = flags, -1
	if text != "(?" {
		t.out = append(append(t.out, text...), ')')
	}
	return nil
}

// tracked are the flags of letters that the translator has to know.
func tracked(letters string) (f Flags) {
	for letter, flag := range map[string]Flags{"m": MultiLine, "x": Extended, "U": Ungreedy} {
		if strings.Contains(letters, letter) {
			f |= flag
		}
	}
	return f
}

// engineLetters are the flags that the engine has to know.
func engineLetters(letters string) string {
	return strings.NewReplacer("x", "", "U", "", "J", "").Replace(letters)
}

// nameReference reads the name of a group that stands before.
func (t *translator) nameReference(end string) error {
	name, _ := t.until(end)
	n, ok := t.names[name]
	if !ok {
		return fail("reference to a group that does not exist: " + name)
	}
	return t.reference(n)
}

// reference writes a back reference. The engine knows whether there is such a group, which may stand behind.
func (t *translator) reference(group int) error {
	if group < 1 {
		return fail("reference to a group that does not exist")
	}
	return t.emit(`\k<` + strconv.Itoa(group) + ">")
}
