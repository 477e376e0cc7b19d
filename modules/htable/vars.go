package htable

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var variables = kemi.Vars[state]{
	{Name: "sht", Named: true, Parse: parseCell, Get: getCell, Set: setCell, Doc: "the value of a key: $sht(table=>key)"},
	{Name: "shtex", Named: true, Parse: parseCell, Get: getExpiry, Set: setExpiry, Doc: "the seconds that a key has left"},
	{Name: "shtinc", Named: true, Parse: parseCell, Get: func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return change(s, c, a, 1) }, Doc: "adds 1 to a key and is the new number"},
	{Name: "shtdec", Named: true, Parse: parseCell, Get: func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return change(s, c, a, -1) }, Doc: "takes 1 from a key and is the new number"},
	{Name: "shtcn", Named: true, Parse: parseCell, Get: countByName, Doc: "how many keys match: $shtcn(table=>~~regex) or $shtcn(table=>==text)"},
	{Name: "shtcv", Named: true, Parse: parseCell, Get: countByValue, Doc: "how many values match: ~~regex, ==text, eqNUMBER"},
	{Name: "shtitkey", Named: true, Get: iteratorKey, Doc: "the key that an iterator stands on"},
	{Name: "shtitval", Named: true, Get: iteratorValue, Doc: "the value that an iterator stands on"},
	{Name: "shtrecord", Named: true, Parse: parseRecord, Get: getRecord, Doc: "key or value of the record that an expiry event is about"},
}

// cellName is the inner name of $sht(table=>key), ready for use.
type cellName struct {
	table *table
	key   *kemi.Format
}

var errCellName = errors.New("want TABLE=>KEY")

func parseCell(s *state, r *kemi.Registry, inner string) (any, error) {
	name, key, ok := strings.Cut(inner, "=>")
	if !ok {
		return nil, errCellName
	}
	t := s.tables[name]
	if t == nil {
		return nil, fmt.Errorf("there is no table %q", name)
	}
	f, err := r.Format(key)
	if err != nil {
		return nil, err
	}
	return &cellName{t, f}, nil
}

func of(c *kemi.Ctx, a *kemi.VarArgs) (*table, string) {
	n := a.Data.(*cellName)
	return n.table, n.key.Text(c)
}

func getCell(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	t, key := of(c, a)
	return t.get(key, s.now())
}

func setCell(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	t, key := of(c, a)
	if v.IsNull() {
		t.remove(key, s.now())
		return true
	}
	return s.set(t, key, v, 0)
}

func getExpiry(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	t, key := of(c, a)
	return kemi.Int64(t.expiry(key, s.now()))
}

func setExpiry(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	t, key := of(c, a)
	t.expire(key, v.Int64(), s.now())
	return true
}

func change(s *state, c *kemi.Ctx, a *kemi.VarArgs, delta int64) kemi.Value {
	t, key := of(c, a)
	return t.add(key, delta, s.now())
}

func countByName(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	t, pattern := of(c, a)
	fits, err := s.pattern(pattern)
	if err != nil {
		return kemi.Null
	}
	return kemi.Int(t.countIf(s.now(), byName(fits)))
}

func countByValue(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	t, pattern := of(c, a)
	if n, err := strconv.ParseInt(strings.TrimPrefix(pattern, "eq"), 10, 64); err == nil && strings.HasPrefix(pattern, "eq") {
		return kemi.Int(t.countIf(s.now(), func(_ string, v kemi.Value) bool {
			return v.Kind() == kemi.KindInt && v.Int64() == n
		}))
	}
	fits, err := s.pattern(pattern)
	if err != nil {
		return kemi.Null
	}
	return kemi.Int(t.countIf(s.now(), byText(fits)))
}

// pattern reads "==text" and "~~regex"; what has neither sign is a regular expression too.
func (s *state) pattern(text string) (matcher, error) {
	if exact, ok := strings.CutPrefix(text, "=="); ok {
		return newMatcher(&s.regexes, "eq", exact)
	}
	return newMatcher(&s.regexes, "re", strings.TrimPrefix(text, "~~"))
}

func iteratorKey(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if it := s.present(c, a.Inner); it != nil {
		return kemi.Str(it.item.key)
	}
	return kemi.Null
}

func iteratorValue(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if it := s.present(c, a.Inner); it != nil {
		return it.item.value
	}
	return kemi.Null
}

func parseRecord(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "key" && inner != "value" {
		return nil, errors.New("want key or value")
	}
	return nil, nil
}

func getRecord(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	e, ok := c.Shard.Local[recordKey{s}].(entry)
	if !ok || c.Msg != nil || e.value.IsNull() {
		return kemi.Null
	}
	if a.Inner == "key" {
		return kemi.Str(e.key)
	}
	return e.value
}
