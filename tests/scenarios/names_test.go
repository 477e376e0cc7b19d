package scenarios

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/modules"
)

// unrecorded are names that no case can show, and why.
var unrecorded = map[string]string{}

// TestEveryNameHasACase looks for each function, parameter, RPC command, variable and statistic
// of the transaction modules in the cases.
func TestEveryNameHasACase(t *testing.T) {
	cases, err := Load("cases")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, c := range cases {
		all.WriteString(c.text)
		all.WriteString(c.Transcript)
	}
	for _, name := range namesOf(t, "tm", "tmx") {
		found := regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(name) + `(\W|$)`).MatchString(all.String())
		switch why := unrecorded[name]; {
		case !found && why == "":
			t.Errorf("no case has %s", name)
		case found && why != "":
			t.Errorf("%s has a case, take it off the list of those that have none", name)
		}
	}
}

// namesOf lists what modules offer, in the form that a case has it.
func namesOf(t *testing.T, wanted ...string) []string {
	t.Helper()
	var list []string
	for _, m := range modules.All() {
		info := m.Info()
		if !slices.Contains(wanted, info.Name) {
			continue
		}
		for _, f := range info.Funcs {
			list = append(list, f.Name)
		}
		for _, p := range info.Params {
			list = append(list, p.Name)
		}
		for _, c := range info.RPC {
			list = append(list, c.Name)
		}
		for _, v := range info.Vars {
			list = append(list, "$"+v.Name)
		}
		for _, x := range info.Stats {
			list = append(list, x.Name)
		}
		for _, e := range info.Events {
			list = append(list, e.Name)
		}
	}
	return list
}
