// Package names checks that scripts of the incumbent find what they call: every function of
// the KSR tables of this build, with its arguments and the kind of its result.
package names

import (
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

// signature is how testdata/functions.tsv writes a function: table, name, result, arguments.
func signature(table string, f *kemi.FuncInfo) string {
	kinds := make([]string, len(f.Args))
	for i, a := range f.Args {
		kinds[i] = map[kemi.ValueKind]string{kemi.KindInt: "int", kemi.KindStr: "str"}[a.Kind]
	}
	return strings.Join([]string{table, f.Name, f.Returns.String(), strings.Join(kinds, ",")}, "\t")
}

func TestFunctionsOfTheIncumbent(t *testing.T) {
	have, tables := map[string]bool{}, map[string]bool{}
	for _, m := range modules.All() {
		info := m.Info()
		for i := range info.Funcs {
			have[signature(info.Table, &info.Funcs[i])] = true
			tables[info.Table] = true
		}
	}
	data, err := os.ReadFile("testdata/functions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		table, _, _ := strings.Cut(line, "\t")
		if !have[line] {
			t.Errorf("missing or different: %s", line)
		}
		delete(tables, table)
	}
	for table := range tables {
		t.Errorf("testdata/functions.tsv has no row of table %s", table)
	}
}
