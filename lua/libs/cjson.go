package libs

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// maxJSONDepth is how deep tables and JSON values may nest, as in LuaCJSON.
const maxJSONDepth = 1000

// jsonMarks are the values of a state that JSON has and Lua has not.
type jsonMarks struct {
	null, emptyArray *glua.LUserData
	arrayMeta        *glua.LTable // metatable of a table that is an array, even if empty
}

// jsonMarksKey is where the registry of a state keeps its marks.
const jsonMarksKey = "cjson.marks"

// marksOf makes the state's marks on first use: cjson and cjson.safe share them.
func marksOf(L *glua.LState) *jsonMarks {
	if kept, ok := L.G.Registry.RawGetString(jsonMarksKey).(*glua.LUserData); ok {
		return kept.Value.(*jsonMarks)
	}
	marks := &jsonMarks{null: L.NewUserData(), emptyArray: L.NewUserData(), arrayMeta: L.NewTable()}
	meta := L.NewTable()
	meta.RawSetString("__tostring", L.NewFunction(func(L *glua.LState) int {
		L.Push(glua.LString("userdata: NULL"))
		return 1
	}))
	marks.null.Metatable = meta
	L.G.Registry.RawSetString(jsonMarksKey, object(meta, marks))
	return marks
}

// openCJSON makes the cjson library with LuaCJSON's names and meanings. The safe form gives
// nil and the reason where the other one raises an error.
func openCJSON(h Host, L *glua.LState, safe bool) int {
	marks, lib := marksOf(L), L.NewTable()
	c := &codec{host: h, marks: marks, emptyAsObject: true}
	lib.RawSetString("null", marks.null)
	lib.RawSetString("empty_array", marks.emptyArray)
	lib.RawSetString("array_mt", marks.arrayMeta)
	lib.RawSetString("empty_array_mt", marks.arrayMeta)
	lib.RawSetString("_NAME", glua.LString("cjson"))
	lib.RawSetString("_VERSION", glua.LString("2.1.0"))
	lib.RawSetString("encode", L.NewFunction(guarded(c.encode, safe)))
	lib.RawSetString("decode", L.NewFunction(guarded(c.decode, safe)))
	lib.RawSetString("encode_empty_table_as_object", L.NewFunction(func(L *glua.LState) int {
		c.emptyAsObject = L.OptBool(1, true)
		return 0
	}))
	for _, setting := range []string{"encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision",
		"encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers"} {
		lib.RawSetString(setting, L.NewFunction(func(L *glua.LState) int { return L.GetTop() }))
	}
	lib.RawSetString("new", L.NewFunction(func(L *glua.LState) int { return openCJSON(h, L, safe) }))
	L.Push(lib)
	return 1
}

// guarded makes a Lua function of a conversion that may fail.
func guarded(convert func(*glua.LState) (glua.LValue, error), safe bool) glua.LGFunction {
	return func(L *glua.LState) int {
		v, err := convert(L)
		if err == nil {
			L.Push(v)
			return 1
		}
		if !safe {
			L.RaiseError("%s", err.Error())
		}
		L.Push(glua.LNil)
		L.Push(glua.LString(err.Error()))
		return 2
	}
}

type codec struct {
	host          Host
	marks         *jsonMarks
	emptyAsObject bool
}

func (c *codec) decode(L *glua.LState) (glua.LValue, error) {
	text := L.CheckString(1)
	c.host.Charge(L, 8*len(text))
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := c.value(L, d, 0)
	if err == nil {
		if _, extra := d.Token(); extra != io.EOF {
			err = errors.New("Expected the end but found something else")
		}
	}
	if err != nil {
		return nil, errors.New(err.Error() + " at character " + strconv.FormatInt(d.InputOffset()+1, 10))
	}
	return v, nil
}

func (c *codec) value(L *glua.LState, d *json.Decoder, depth int) (glua.LValue, error) {
	token, err := d.Token()
	if err == io.EOF {
		return nil, errors.New("Expected value but found the end")
	}
	if err != nil {
		return nil, errors.New("Expected value but found invalid token")
	}
	switch t := token.(type) {
	case bool:
		return glua.LBool(t), nil
	case string:
		return glua.LString(t), nil
	case json.Number:
		f, _ := strconv.ParseFloat(t.String(), 64)
		return glua.LNumber(f), nil
	case json.Delim:
		if depth == maxJSONDepth {
			return nil, errors.New("Found too many nested data structures")
		}
		if t == '[' {
			return c.array(L, d, depth+1)
		}
		return c.object(L, d, depth+1)
	}
	return c.marks.null, nil
}

func (c *codec) array(L *glua.LState, d *json.Decoder, depth int) (glua.LValue, error) {
	out := L.NewTable()
	for d.More() {
		v, err := c.value(L, d, depth)
		if err != nil {
			return nil, err
		}
		out.Append(v)
	}
	return out, closing(d)
}

func (c *codec) object(L *glua.LState, d *json.Decoder, depth int) (glua.LValue, error) {
	out := L.NewTable()
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, errors.New("Expected object key string but found invalid token")
		}
		v, err := c.value(L, d, depth)
		if err != nil {
			return nil, err
		}
		out.RawSetString(name, v)
	}
	return out, closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errors.New("Expected comma or end but found invalid token")
	}
	return nil
}
