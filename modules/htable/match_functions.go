package htable

import (
	"fmt"

	"github.com/moonroute/moonroute/kemi"
)

// cellTest makes the test of a cell from the test of a text: by its key or by its value.
type cellTest func(fits matcher) func(key string, v kemi.Value) bool

func (s *state) matchName(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Str(1) == "eq" { // each request may ask this of a ban table
		if t := s.tables[a.Str(0)]; t != nil {
			return verdict(t.has(a.Str(2), s.now()))
		}
	}
	return s.match(c, "sht_match_name", a, byName)
}

func (s *state) matchValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.match(c, "sht_match_str_value", a, byText)
}

func (s *state) match(c *kemi.Ctx, function string, a *kemi.Args, by cellTest) kemi.Value {
	t := s.table(c, function, a.Str(0))
	fits := s.matcher(c, function, a)
	return verdict(t != nil && fits != nil && t.any(s.now(), by(fits)))
}

func (s *state) countNames(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "sht_cn", a.Str(0))
	fits := s.matcher(c, "sht_cn", a)
	if t == nil || fits == nil {
		return no
	}
	return kemi.Int(t.countIf(s.now(), byName(fits)))
}

func (s *state) rmName(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.removeMatching(c, "sht_rm_name", a, byName)
}

func (s *state) rmValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.removeMatching(c, "sht_rm_value", a, byText)
}

// removeMatching takes fewer operators than the matching functions, as in the incumbent.
func (s *state) removeMatching(c *kemi.Ctx, function string, a *kemi.Args, by cellTest) kemi.Value {
	t := s.table(c, function, a.Str(0))
	if t == nil {
		return no
	}
	if op := a.Str(1); op != "re" && op != "sw" {
		c.Misuse("htable."+function, fmt.Sprintf("unknown operator %q: use re or sw", op))
		return no
	}
	fits := s.matcher(c, function, a)
	if fits == nil {
		return no
	}
	t.removeIf(by(fits))
	return yes
}

func (s *state) rmNameRe(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.removeRegex(c, "sht_rm_name_re", a, byName)
}

func (s *state) rmValueRe(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.removeRegex(c, "sht_rm_value_re", a, byText)
}

// removeRegex gives 1 also when there is no such table, as in the incumbent.
func (s *state) removeRegex(c *kemi.Ctx, function string, a *kemi.Args, by cellTest) kemi.Value {
	t := s.table(c, function, a.Str(0))
	if t == nil {
		return yes
	}
	re, err := s.regexes.compile(a.Str(1))
	if err != nil {
		c.Misuse("htable."+function, err.Error())
		return no
	}
	t.removeIf(by(re.MatchString))
	return yes
}

// matcher is the test of arguments 1 and 2; nil, and a log record, if they are wrong.
func (s *state) matcher(c *kemi.Ctx, function string, a *kemi.Args) matcher {
	fits, err := newMatcher(&s.regexes, a.Str(1), a.Str(2))
	if err != nil {
		c.Misuse("htable."+function, err.Error())
		return nil
	}
	return fits
}

func verdict(b bool) kemi.Value {
	if b {
		return yes
	}
	return no
}
