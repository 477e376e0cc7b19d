package config

import (
	"fmt"
	"strings"
)

// compatVersion is the release of the incumbent that conditions in a file see.
var compatVersion = [3]int{5, 6, 3}

// defines are the names known to the preprocessor, in the order they came.
type defines struct {
	values   map[string]string
	names    []string
	computed map[string]bool // names of #!defexp
}

// newDefines holds the names that every configuration starts with.
func newDefines() *defines {
	d := &defines{values: map[string]string{}, computed: map[string]bool{}}
	v := compatVersion
	d.set(fmt.Sprintf("KAMAILIO_%d", v[0]), "")
	d.set(fmt.Sprintf("KAMAILIO_%d_%d", v[0], v[1]), "")
	d.set(fmt.Sprintf("KAMAILIO_%d_%d_%d", v[0], v[1], v[2]), "")
	return d
}

func (d *defines) get(name string) (value string, ok bool) {
	value, ok = d.values[name]
	return value, ok
}

func (d *defines) set(name, value string) {
	if _, ok := d.values[name]; !ok {
		d.names = append(d.names, name)
	}
	d.values[name] = value
}

// visible is what scripts and operators may ask for. Names of #!defexp are none of it: to
// the incumbent of today, 5.6, such a line is a comment, so scripts find nothing under them there.
func (d *defines) visible() (values map[string]string, names []string) {
	values = map[string]string{}
	for _, name := range d.names {
		if !d.computed[name] {
			values[name] = d.values[name]
			names = append(names, name)
		}
	}
	return values, names
}

// defineMode says what happens to a name that is defined already.
type defineMode uint8

const (
	onceOnly  defineMode = iota // an error
	ifMissing                   // the old value stays
	always                      // the new value replaces it
)

// define gives a name a value.
func (r *reader) define(pos Pos, name, value string, mode defineMode) {
	_, known := r.defines.get(name)
	if known && mode == onceOnly {
		r.fail(pos, name+" is already defined", "#!redefine replaces a value, #!trydefine keeps it")
		return
	}
	if known && mode == ifMissing {
		return
	}
	r.defines.set(name, value)
}

// defineArgument takes a -A argument of the command line.
func (r *reader) defineArgument(arg string) {
	name, value, _ := strings.Cut(arg, "=")
	pos := Pos{File: "-A " + arg}
	if word, rest := cutWord(name); word == "" || rest != "" {
		r.fail(pos, "bad name of a define", "-A NAME or -A NAME=VALUE")
		return
	}
	r.define(pos, name, value, onceOnly)
}

// defineWith obeys #!define NAME VALUE and its relatives. The value is the rest of the line as
// it stands, comments and quotes included; a backslash at the end joins the next line.
func defineWith(mode defineMode) directiveFunc {
	return func(r *reader, src *source, pos Pos) {
		name, value, ok := r.defineLine(src, pos)
		if !ok {
			return
		}
		if strings.HasPrefix(value, "=") {
			r.warn(pos, "the value of "+name+" begins with =", "#!define "+name+" VALUE")
		}
		r.define(pos, name, value, mode)
	}
}

// defineExpression obeys #!defexp NAME EXPRESSION; #!defexps puts the result in quotes.
func defineExpression(quoted bool) directiveFunc {
	return func(r *reader, src *source, pos Pos) {
		name, line, ok := r.defineLine(src, pos)
		if !ok {
			return
		}
		v, err := evaluate(line, r.defines)
		if err != nil {
			r.fail(pos, "#!defexp: "+err.Error(), "")
			return
		}
		r.defines.computed[name] = true
		r.define(pos, name, quoteIf(quoted, v.text()), onceOnly)
	}
}

// defineEnv obeys #!defenv NAME and #!defenv NAME=VARIABLE; with try a variable that is not
// set leaves the name undefined.
func defineEnv(try, quoted bool) directiveFunc {
	return func(r *reader, src *source, pos Pos) {
		name, variable, ok := r.defineLine(src, pos)
		if !ok {
			return
		}
		if variable, ok = strings.CutPrefix(variable, "="); ok {
			variable, _ = cutWord(variable)
		} else {
			variable = name
		}
		value, set := r.opts.Env(variable)
		if !set && !try {
			r.fail(pos, "environment variable "+variable+" is not set", "#!trydefenv passes over a variable that is not set")
		}
		if set {
			r.define(pos, name, quoteIf(quoted, value), onceOnly)
		}
	}
}

// defineLine takes the name and the rest of a line that defines something.
func (r *reader) defineLine(src *source, pos Pos) (name, value string, ok bool) {
	if !isBlank(src.peek(0)) {
		src.restOfLine()
		r.fail(pos, "define without a name", "#!define NAME VALUE")
		return "", "", false
	}
	name, value = cutWord(src.logicalLine())
	value, bad := strings.TrimLeft(value, " \t"), value != "" && strings.Contains("-.:", value[:1])
	if name == "" || bad {
		r.fail(pos, "bad name of a define", "letters, digits and underscores make a name")
		return "", "", false
	}
	return name, value, true
}

func quoteIf(quoted bool, s string) string {
	if quoted {
		return `"` + s + `"`
	}
	return s
}
