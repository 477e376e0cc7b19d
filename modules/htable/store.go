package htable

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// columns are the names of the columns of a table that holds keys and values.
type columns struct{ name, keyType, valueType, value, expires string }

// The types of keys and values, as numbers in the database.
const (
	arrayKey  = 1 // rows with one key are NAME[0], NAME[1] and so on; others are a key each
	textValue = 0
	numValue  = 1
)

// loadTime bounds the reading of a table.
const loadTime = 5 * time.Minute

// openStore opens the database and fills the tables that have one there.
func (s *state) openStore() error {
	if s.dbURL == "" {
		return nil
	}
	d, err := s.server.DB(s.dbURL)
	if err != nil {
		return err
	}
	s.db = d
	for _, t := range s.sorted() {
		if t.dbTable == "" {
			continue
		}
		if err := s.load(t); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

// load reads a table from the database and puts it in the place of what was there. After an
// error nothing has changed. It blocks.
func (s *state) load(t *table) error {
	ctx, cancel := context.WithTimeout(context.Background(), loadTime)
	defer cancel()
	l := loader{state: s, into: newTable(t.definition), counts: map[string]int64{}, now: s.now()}
	l.into.seed = t.seed // so that keys are in the same parts
	read, columns := l.row, []string{s.columns.name, s.columns.keyType, s.columns.valueType, s.columns.value}
	switch {
	case len(t.cols) > 0:
		read, columns = l.joined, t.cols
	case s.dbExpires != 0:
		columns = append(columns, s.columns.expires)
	}
	if err := s.db.Each(ctx, db.Query{Table: t.dbTable, Columns: columns}, read); err != nil {
		return err
	}
	for key, n := range l.counts {
		l.put(key+s.sizeSuffix, kemi.Int64(n), 0)
	}
	t.replace(l.into)
	return nil
}

// replace takes the content of a table that has the same seed.
func (t *table) replace(other *table) {
	for i := range t.parts {
		p := &t.parts[i]
		p.mu.Lock()
		p.cells = other.parts[i].cells
		p.mu.Unlock()
	}
}

// loader fills a table that nobody else knows yet.
type loader struct {
	*state
	into   *table
	counts map[string]int64 // how many rows an array has so far
	now    int64
}

// row takes a row of keys and values.
func (l *loader) row(r db.Row) error {
	key, expires := r.Str(0), int64(0)
	if len(r) > 4 {
		expires = r.Int(4)
	}
	if l.into.autoExpire > 0 && expires > 0 && expires <= l.now {
		return nil
	}
	if r.Int(1) == arrayKey {
		n := l.counts[key]
		l.counts[key] = n + 1
		key += "[" + strconv.FormatInt(n, 10) + "]"
	}
	value := kemi.Str(r.Str(3))
	if r.Int(2) == numValue {
		value = kemi.Int64(leadingNumber(r.Str(3)))
	}
	l.put(key, value, expires)
	return nil
}

// joined takes a row of a table's own columns: the key, and values that become one text.
func (l *loader) joined(r db.Row) error {
	texts := make([]string, 0, len(r))
	for i := 1; i < len(r); i++ {
		if r.IsNull(i) {
			texts = append(texts, l.into.null)
		} else {
			texts = append(texts, r.Str(i))
		}
	}
	l.put(r.Str(0), kemi.Str(strings.Join(texts, l.into.delimiter)), 0)
	return nil
}

func (l *loader) put(key string, v kemi.Value, expires int64) {
	if l.set(l.into, key, v, 0) && expires > 0 {
		l.into.expire(key, expires-l.now, l.now)
	}
}

// leadingNumber reads the number that a text begins with, as C's atoi does; without one it is 0.
func leadingNumber(text string) int64 {
	text = strings.TrimLeft(text, " \t\r\n")
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[0] == '-' || text[0] == '+')) {
		end++
	}
	n, _ := strconv.ParseInt(text[:end], 10, 64) // nothing at all is 0
	return n
}

// save puts a table in the place of what the database has of it: all or nothing. It blocks.
func (s *state) save(t *table) error {
	if len(t.cols) > 0 {
		s.server.Log.Write(log.Warn, "htable", fmt.Sprintf("table %s is not written to the database: it is made of other columns (cols)", t.name))
		return nil
	}
	writes := []db.Write{db.Delete(t.dbTable)}
	for i := range t.parts {
		for _, e := range t.entries(i, s.now()) {
			writes = append(writes, s.insert(t, e))
		}
	}
	return s.db.Write(writes...)
}

func (s *state) insert(t *table, e entry) db.Write {
	text, kind, expires := e.value.Text(), textValue, e.expires
	if e.value.Kind() == kemi.KindInt {
		text, kind = strconv.FormatInt(e.value.Int64(), 10), numValue
	}
	if s.dbExpires == 0 {
		expires = 0
	}
	c := &s.columns
	return db.Insert(t.dbTable, db.Col{Name: c.name, Value: e.key}, db.Col{Name: c.keyType, Value: 0},
		db.Col{Name: c.valueType, Value: kind}, db.Col{Name: c.value, Value: text}, db.Col{Name: c.expires, Value: expires})
}

// Close writes the tables with dbmode=1 back.
func (s *state) Close() {
	if s.db == nil {
		return
	}
	for _, t := range s.sorted() {
		if t.dbTable == "" || t.dbMode == 0 {
			continue
		}
		if err := s.save(t); err != nil {
			s.server.Log.Error("htable", fmt.Sprintf("table %s is not written to the database: %v", t.name, err))
		}
	}
}
