package libs

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	glua "github.com/yuin/gopher-lua"
)

func (c *codec) encode(L *glua.LState) (glua.LValue, error) {
	w := &jsonWriter{codec: c, L: L, looked: firstLook}
	if err := w.value(L.CheckAny(1), 0); err != nil {
		return nil, err
	}
	c.host.Room(L, len(w.out))
	return glua.LString(w.out), nil
}

// jsonWriter writes one value as JSON.
type jsonWriter struct {
	*codec
	L      *glua.LState
	out    []byte
	looked int // length of out when it was last asked for room
}

// firstLook is how much is written before anybody looks at its length.
const firstLook = 32 << 10

func (w *jsonWriter) value(v glua.LValue, depth int) error {
	if len(w.out) > 2*w.looked { // it may have been made of one long text many times
		w.host.Room(w.L, len(w.out))
		w.looked = len(w.out)
	}
	switch v := v.(type) {
	case glua.LString:
		w.text(string(v))
	case glua.LNumber:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return errors.New("Cannot serialise number: must not be NaN or Infinity")
		}
		w.out = append(w.out, numberText(float64(v))...)
	case glua.LBool:
		w.out = append(w.out, v.String()...)
	case *glua.LTable:
		return w.table(v, depth+1)
	case *glua.LNilType:
		w.out = append(w.out, "null"...)
	default:
		return w.mark(v)
	}
	return nil
}

func (w *jsonWriter) mark(v glua.LValue) error {
	switch v {
	case w.marks.null:
		w.out = append(w.out, "null"...)
	case w.marks.emptyArray:
		w.out = append(w.out, "[]"...)
	default:
		return fmt.Errorf("Cannot serialise %s: type not supported", v.Type())
	}
	return nil
}

func (w *jsonWriter) table(t *glua.LTable, depth int) error {
	if depth > maxJSONDepth {
		return fmt.Errorf("Cannot serialise, excessive depth (%d)", depth)
	}
	n, isArray, err := arrayLength(t, w.marks.arrayMeta)
	if err != nil {
		return err
	}
	switch {
	case t.Metatable == w.marks.arrayMeta, isArray && n > 0:
		return w.list(t, n, depth)
	case isArray && !w.emptyAsObject:
		w.out = append(w.out, "[]"...)
		return nil
	}
	return w.object(t, depth)
}

// sparseRatio is how many holes an array may have: as LuaCJSON, more than twice as long as
// it has values, from ten on, is an error.
const (
	sparseRatio = 2
	sparseSafe  = 10
)

// arrayLength is the highest index, and whether all keys are indexes. Marked is the metatable of tables that are arrays in any case.
func arrayLength(t *glua.LTable, marked *glua.LTable) (n int, isArray bool, err error) {
	isArray, count := true, 0
	t.ForEach(func(k, _ glua.LValue) {
		index, ok := k.(glua.LNumber)
		if !ok || index < 1 || index != glua.LNumber(math.Floor(float64(index))) {
			isArray = false
			return
		}
		n = max(n, int(index))
		count++
	})
	if n > sparseSafe && n > count*sparseRatio && (isArray || t.Metatable == marked) {
		return 0, false, errors.New("Cannot serialise table: excessively sparse array")
	}
	return n, isArray, nil
}

func (w *jsonWriter) list(t *glua.LTable, n, depth int) error {
	w.out = append(w.out, '[')
	for i := 1; i <= n; i++ {
		if i > 1 {
			w.out = append(w.out, ',')
		}
		if err := w.value(t.RawGet(glua.LNumber(i)), depth); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *jsonWriter) object(t *glua.LTable, depth int) error {
	w.out = append(w.out, '{')
	first := true
	for k, v := t.Next(glua.LNil); k != glua.LNil; k, v = t.Next(k) {
		if !glua.LVCanConvToString(k) {
			return errors.New("Cannot serialise table: table key must be a number or string")
		}
		if !first {
			w.out = append(w.out, ',')
		}
		first = false
		w.text(keyText(k))
		w.out = append(w.out, ':')
		if err := w.value(v, depth); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

var jsonEscapes = map[byte]string{
	'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`, 0x7f: `\u007f`,
}

// text writes a string byte for byte, with LuaCJSON's escapes.
func (w *jsonWriter) text(s string) {
	w.out = append(w.out, '"')
	for i := range len(s) {
		c := s[i]
		if escape, ok := jsonEscapes[c]; ok {
			w.out = append(w.out, escape...)
		} else if c < ' ' {
			w.out = fmt.Appendf(w.out, `\u%04x`, c)
		} else {
			w.out = append(w.out, c)
		}
	}
	w.out = append(w.out, '"')
}

// keyText is a key as text: numbers as Lua writes them.
func keyText(k glua.LValue) string {
	if n, ok := k.(glua.LNumber); ok {
		return numberText(float64(n))
	}
	return k.String()
}

// numberText writes a number as Lua does, with 14 digits.
func numberText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e14 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', 14, 64)
}
