package htable

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/moonroute/moonroute/kemi"
)

// matcher tells whether a text fits.
type matcher func(text string) bool

// operators are the ways of sht_match_name and sht_match_str_value to compare.
var operators = map[string]func(r *regexes, arg string) (matcher, error){
	"eq": func(_ *regexes, arg string) (matcher, error) { return func(s string) bool { return s == arg }, nil },
	"ne": func(_ *regexes, arg string) (matcher, error) { return func(s string) bool { return s != arg }, nil },
	"sw": func(_ *regexes, arg string) (matcher, error) {
		return func(s string) bool { return strings.HasPrefix(s, arg) }, nil
	},
	"re": func(r *regexes, arg string) (matcher, error) {
		re, err := r.compile(arg)
		if err != nil {
			return nil, err
		}
		return re.MatchString, nil
	},
}

// newMatcher makes a matcher of an operator and its argument.
func newMatcher(r *regexes, operator, arg string) (matcher, error) {
	make := operators[operator]
	if make == nil {
		return nil, fmt.Errorf("unknown operator %q: use eq, ne, sw or re", operator)
	}
	return make(r, arg)
}

// maxRegexes bounds the compiled expressions that are kept; past it the table starts anew.
const maxRegexes = 256

// regexes keeps compiled expressions: scripts use the same few again and again.
type regexes struct {
	mu   sync.Mutex
	seen map[string]*regexp.Regexp
}

func (r *regexes) compile(text string) (*regexp.Regexp, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if re := r.seen[text]; re != nil {
		return re, nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	if r.seen == nil || len(r.seen) >= maxRegexes {
		r.seen = map[string]*regexp.Regexp{}
	}
	r.seen[strings.Clone(text)] = re
	return re, nil
}

// countIf counts the cells for which f is true.
func (t *table) countIf(now int64, f func(key string, v kemi.Value) bool) (n int) {
	t.eachIf(now, f, func() bool { n++; return true })
	return n
}

// any tells whether f is true for a cell.
func (t *table) any(now int64, f func(key string, v kemi.Value) bool) (found bool) {
	t.eachIf(now, f, func() bool { found = true; return false })
	return found
}

func (t *table) eachIf(now int64, f func(key string, v kemi.Value) bool, hit func() bool) {
	for i := range t.parts {
		if !t.parts[i].eachIf(now, f, hit) {
			return
		}
	}
}

func (p *part) eachIf(now int64, f func(key string, v kemi.Value) bool, hit func() bool) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for key, c := range p.cells {
		if (c.expires == 0 || c.expires > now) && f(key, c.value()) && !hit() {
			return false
		}
	}
	return true
}

// removeIf deletes the cells for which f is true.
func (t *table) removeIf(f func(key string, v kemi.Value) bool) {
	for i := range t.parts {
		t.parts[i].removeIf(f)
	}
}

func (p *part) removeIf(f func(key string, v kemi.Value) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, c := range p.cells {
		if f(key, c.value()) {
			delete(p.cells, key)
		}
	}
}

// byName and byText make tests of a cell from tests of a text. Numbers have no text here.
func byName(fits matcher) func(string, kemi.Value) bool {
	return func(key string, _ kemi.Value) bool { return fits(key) }
}

func byText(fits matcher) func(string, kemi.Value) bool {
	return func(_ string, v kemi.Value) bool { return v.Kind() == kemi.KindStr && fits(v.Text()) }
}
