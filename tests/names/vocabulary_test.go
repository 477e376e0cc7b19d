package names

import (
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

const laterThanRecorded = "the version that is matched reads null there, and scripts of it may rely on that"

// absent are names of the incumbent that are left out, each with the reason.
var absent = map[string]string{
	"core.sfmalloc":           "a debug command of one of the incumbent's allocators, which its packages leave out",
	"dns.stats_get":           "only in builds with DNS statistics, which the incumbent's packages are not",
	"dst_blocklist.stats_get": "only in builds with blocklist statistics, which the incumbent's packages are not",
	"udp.proxy.clean":         "there is no PROXY protocol over UDP",
	"udp.proxy.dump":          "there is no PROXY protocol over UDP",
	"udp.proxy.flush":         "there is no PROXY protocol over UDP",
	"udp.proxy.stats":         "there is no PROXY protocol over UDP",
	"val.n0":                  laterThanRecorded,
	"val.ne":                  laterThanRecorded,
	"val.json":                laterThanRecorded,
	"val.jsonqe":              laterThanRecorded,
	"htable.dmqsync":          "tables are not shared between servers",
	"htable.dmqresync":        "tables are not shared between servers",
}

// rows reads a table of names: one line for each, with tabs between its cells.
func rows(t *testing.T, file string, visit func(cells []string)) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		visit(strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
}

// check fails for a name that is neither there nor left out for a reason.
func check(t *testing.T, what string, there bool, name string) {
	t.Helper()
	if _, known := absent[name]; there == known {
		t.Errorf("%s %s: there %v, said to be absent %v", what, name, there, known)
	}
}

func TestVariablesOfTheIncumbent(t *testing.T) {
	have := map[string]kemi.VarInfo{}
	for _, m := range modules.All() {
		for _, v := range m.Info().Vars {
			have[v.Name] = v
		}
	}
	rows(t, "variables.tsv", func(cells []string) {
		name, kind := cells[1], cells[2]
		v, ok := have[name]
		check(t, "variable", ok, name)
		if !ok {
			return
		}
		if v.Named != strings.HasPrefix(kind, "named") {
			t.Errorf("$%s: with a name in parentheses %v, but %s", name, v.Named, kind)
		}
		if strings.Contains(kind, "rw") && !v.Writable && name != "ulc" { // a write to $ulc changes nothing in the incumbent either
			t.Errorf("$%s cannot be written", name)
		}
		if strings.Contains(kind, "idx") && !v.Index {
			t.Errorf("$%s takes no index", name)
		}
	})
}

func TestTransformationsOfTheIncumbent(t *testing.T) {
	have := map[string]kemi.TransInfo{}
	for _, m := range modules.All() {
		for _, tr := range m.Info().Trans {
			have[tr.Name] = tr
		}
	}
	rows(t, "transformations.tsv", func(cells []string) {
		tr, ok := have[cells[1]]
		check(t, "transformation", ok, cells[1])
		if ok && (tr.Args == "") != (cells[2] == "") {
			t.Errorf("{%s}: arguments %q, want %q", cells[1], tr.Args, cells[2])
		}
	})
}

// paramKinds are the names in testdata/params.tsv.
var paramKinds = map[kemi.ValueKind]string{kemi.KindInt: "int", kemi.KindStr: "str"}

func TestParametersOfTheIncumbent(t *testing.T) {
	have := map[string]kemi.ValueKind{}
	loaded := map[string]bool{}
	for _, m := range modules.All() {
		info := m.Info()
		loaded[info.Name] = true
		for _, p := range info.Params {
			have[info.Name+"."+p.Name] = p.Kind
		}
	}
	rows(t, "params.tsv", func(cells []string) {
		name := cells[0] + "." + cells[1]
		kind, ok := have[name]
		check(t, "parameter", ok, name)
		if ok && kind != kemi.KindNull && paramKinds[kind] != cells[2] {
			t.Errorf("modparam %s: kind %s, want %s", name, paramKinds[kind], cells[2])
		}
		if !loaded[cells[0]] {
			t.Errorf("there is no module %s", cells[0])
		}
	})
}

func TestCommandsOfTheIncumbent(t *testing.T) {
	have := map[string]bool{}
	for _, m := range modules.All() {
		for _, c := range m.Info().RPC {
			have[c.Name] = true
		}
	}
	for _, name := range rpc.NewRegistry().Names() {
		have[name] = true
	}
	rows(t, "rpc.tsv", func(cells []string) { check(t, "command", have[cells[1]], cells[1]) })
}
