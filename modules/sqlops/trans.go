package sqlops

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var transformations = kemi.Trans[state]{
	{Name: "sql.val", Null: true, Call: literal("NULL"), Doc: "as it stands in a query: texts in quotes; NULL for null"},
	{Name: "sql.val.int", Null: true, Call: literal("0"), Doc: "as sql.val; 0 for null"},
	{Name: "sql.val.str", Null: true, Call: literal("''"), Doc: "as sql.val; an empty text for null"},
}

// escapes are the signs that MySQL's quotes need a backslash before, and NUL.
var escapes = strings.NewReplacer(`'`, `\'`, `"`, `\"`, `\`, `\\`, "\x00", `\0`)

// quotes are the one sign that SQLite's quotes need doubled. A backslash means nothing there.
var quotes = strings.NewReplacer(`'`, `''`)

// either is what neither database takes for the end of a text; SQLite keeps both backslashes.
var either = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\x00", `\0`)

// literal makes a transformation to what may stand in a query.
func literal(absent string) func(*state, *kemi.Ctx, kemi.Value, *kemi.TranArgs) kemi.Value {
	return func(s *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		switch v.Kind() {
		case kemi.KindNull:
			return kemi.Str(absent)
		case kemi.KindInt:
			return kemi.Str(string(v.AppendText(nil)))
		}
		return kemi.Str("'" + s.quoter().Replace(v.Text()) + "'")
	}
}

// quoter is that of the databases that there are: a query does not tell which one it is for.
func (s *state) quoter() *strings.Replacer {
	servers := 0
	for _, c := range s.order {
		if c.mysql {
			servers++
		}
	}
	switch {
	case servers == len(s.order):
		return escapes
	case servers == 0:
		return quotes
	}
	return either
}
