package scenarios

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/moonroute/moonroute/modules"
)

// unrecorded are names that no case can show, and why.
var unrecorded = map[string]string{
	"failover_reply_codes": "needs a next hop with several addresses; failover_test of core/tm has it",
}

// TestEveryNameHasACase looks for each function, parameter, RPC command, variable and statistic
// of the transaction modules in the cases.
func TestEveryNameHasACase(t *testing.T) {
	cases, err := Load("cases")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range cases {
		addWords(seen, c.text+c.Transcript)
	}
	for _, name := range namesOf(t, "tm", "tmx", "blst") {
		found := seen[name]
		switch why := unrecorded[name]; {
		case !found && why == "":
			t.Errorf("no case has %s", name)
		case found && why != "":
			t.Errorf("%s has a case, take it off the list of those that have none", name)
		}
	}
}

// addWords notes the words of a text: names with dots and colons, and what follows the last of these.
func addWords(seen map[string]bool, text string) {
	for word := range strings.FieldsFuncSeq(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_$.:-", c)
	}) {
		seen[word] = true
		seen[word[strings.LastIndexAny(word, ".:")+1:]] = true
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
