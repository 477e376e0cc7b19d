package permissions

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/moonroute/moonroute/core/regex"
)

// ruleFile is a file of rules about pairs of URIs. It does not change.
type ruleFile struct {
	path  string
	rules []rule
}

// rule is one line: LEFT [EXCEPT …] : RIGHT [EXCEPT …].
type rule struct{ left, right side }

// side is what one of the two URIs must match: one of the patterns (none: any URI), and none of the exceptions.
type side struct{ match, except []*regexp.Regexp }

func (x *side) matches(uri string) bool {
	return (len(x.match) == 0 || matchesAny(x.match, uri)) && !matchesAny(x.except, uri)
}

func matchesAny(list []*regexp.Regexp, uri string) bool {
	for _, re := range list {
		if re.MatchString(uri) {
			return true
		}
	}
	return false
}

// empty tells whether there is nothing to match.
func (f *ruleFile) empty() bool { return f == nil || len(f.rules) == 0 }

// matches tells whether a rule fits the pair.
func (f *ruleFile) matches(left, right string) bool {
	if f == nil {
		return false
	}
	for i := range f.rules {
		if f.rules[i].left.matches(left) && f.rules[i].right.matches(right) {
			return true
		}
	}
	return false
}

// readRules reads a file. A line that is wrong is logged and left out, a file that is not there is empty.
func (s *state) readRules(path string) *ruleFile {
	out := &ruleFile{path: path}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		s.server.Log.Debug("permissions", "no rules: "+err.Error())
		return out
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		r, ok, err := parseRule(lines.Text())
		if err != nil {
			s.server.Log.Error("permissions", fmt.Sprintf("%s:%d: %v; the line is left out", path, n, err))
		} else if ok {
			out.rules = append(out.rules, r)
		}
	}
	if err := lines.Err(); err != nil {
		s.server.Log.Error("permissions", fmt.Sprintf("%s: %v; what follows is left out", path, err))
	}
	return out
}

var (
	errColon   = errors.New("want LEFT : RIGHT, where each is ALL, or patterns in quotes with commas between them")
	errPattern = errors.New("an empty pattern")
)

// parseRule reads a line; ok is false for one that has no rule.
func parseRule(line string) (r rule, ok bool, err error) {
	line, colon, closed := scanRule(line)
	if strings.TrimSpace(line) == "" {
		return r, false, nil
	}
	if colon <= 0 || !closed || strings.TrimSpace(line[:colon]) == "" || strings.TrimSpace(line[colon+1:]) == "" {
		return r, false, errColon
	}
	if r.left, err = parseSide(line[:colon]); err != nil {
		return r, false, err
	}
	r.right, err = parseSide(line[colon+1:])
	return r, err == nil, err
}

// scanRule cuts the comment and finds the last colon; neither counts in quotes. closed: each quote has its end.
func scanRule(line string) (text string, colon int, closed bool) {
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ':':
			colon = i
		case c == '#':
			return line[:i], colon, true
		}
	}
	return line, colon, !quoted
}

const exceptWord = " EXCEPT "

func parseSide(text string) (x side, err error) {
	match, except, _ := strings.Cut(text, exceptWord)
	if x.match, err = parsePatterns(match); err != nil || except == "" {
		return x, err
	}
	x.except, err = parsePatterns(except)
	return x, err
}

// parsePatterns reads a list; ALL is none.
func parsePatterns(text string) (list []*regexp.Regexp, err error) {
	if strings.TrimSpace(text) == "ALL" {
		return nil, nil
	}
	for _, part := range splitList(text) {
		part = strings.TrimSpace(part)
		part = strings.TrimSuffix(strings.TrimPrefix(part, `"`), `"`)
		if part == "" {
			return nil, errPattern
		}
		re, err := regex.Compile(part, regex.FoldCase)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", part, err)
		}
		list = append(list, re)
	}
	return list, nil
}

// splitList splits at commas outside of quotes.
func splitList(text string) (parts []string) {
	quoted, start := false, 0
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ',' && !quoted:
			parts, start = append(parts, text[start:i]), i+1
		}
	}
	return append(parts, text[start:])
}
