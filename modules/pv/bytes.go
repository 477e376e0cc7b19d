package pv

import "github.com/moonroute/moonroute/kemi"

// byteVars stand for single bytes that are hard to write in a configuration.
var byteVars = makeByteVars()

func makeByteVars() (vars kemi.Vars[state]) {
	for _, x := range []struct{ name, text, doc string }{
		{"Eb", `\`, "a backslash"}, {"Ec", ",", "a comma"}, {"Ei", ":", "a colon"}, {"Ej", ";", "a semicolon"},
		{"Ek", "'", "a single quote"}, {"En", "\n", "a line feed"}, {"Eq", `"`, "a double quote"}, {"Er", "\r", "a carriage return"},
		{"Es", " ", "a blank"}, {"Et", "\t", "a tab"}, {"Ev", "`", "a back tick"},
	} {
		vars = append(vars, kemi.Var[state]{Name: x.name, Get: constant(kemi.Str(x.text)), Doc: x.doc})
	}
	return vars
}
