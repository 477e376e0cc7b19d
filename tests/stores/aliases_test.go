package stores

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/rpc"
)

// aliasCommands are what an operator does with the table of aliases.
var aliasCommands = [][]rpc.Value{
	{"ul.add", "aliases", "001", "sip:alice@h.test", 3600, 1.0, "", 0, 0, 0},
	{"ul.add", "aliases", "001", "sip:bob@h.test", 0, 0.5, "", 0, 0, 0},
	{"ul.add", "aliases", "desk", "sip:001@h.test", 3600, 0.0, "", 0, 0, 0},
	{"ul.add", "nosuch", "001", "sip:alice@h.test", 3600, 1.0, "", 0, 0, 0},
	{"ul.lookup", "aliases", "001"},
	{"ul.lookup", "location", "001"},
	{"ul.lookup", "nosuch", "001"},
	{"ul.rm_contact", "aliases", "001", "sip:bob@h.test"},
	{"ul.rm_contact", "aliases", "001", "sip:nobody@h.test"},
	{"ul.lookup", "aliases", "001"},
	{"ul.rm", "aliases", "desk"},
	{"ul.rm", "aliases", "desk"},
	{"ul.rm", "nosuch", "desk"},
}

// aliasSteps are requests that look aliases up, and users who register as one.
var aliasSteps = []step{
	register("Contact: <sip:a@192.0.2.1>;expires=300"),
	{"INVITE", "001", `return KSR.registrar.lookup("aliases") .. " " .. branches()`, ""},
	{"INVITE", "001", `return KSR.registrar.lookup("aliases") .. KSR.registrar.lookup("location") .. " " .. branches()`, ""},
	{"INVITE", "nobody", `return KSR.registrar.lookup("aliases") .. " " .. branches()`, ""},
	{"INVITE", "001", `return KSR.registrar.registered("aliases") .. KSR.registrar.registered("location")`, ""},
	{"INVITE", "001", `return KSR.registrar.lookup_to_dset("aliases", "sip:001@h.test") .. " " .. branches()`, ""},
	{"INVITE", "001", `return KSR.registrar.reg_fetch_contacts("aliases", "sip:001@h.test", "p") .. show("$ulc(p=>count)", "$ulc(p=>addr)", "$ulc(p=>domain)", "$ulc(p=>cseq)")`, ""},
	{"REGISTER", "002", `return KSR.registrar.save("aliases", 2)`, "Contact: <sip:alice@h.test>;expires=300"},
	{"REGISTER", "002", `KSR.registrar.save("aliases", 0)`, ""},
	{"INVITE", "002", `return KSR.registrar.lookup("aliases") .. " " .. branches()`, ""},
	{"INVITE", "002", `return KSR.registrar.unregister("aliases", "sip:002@h.test") .. KSR.registrar.registered("aliases")`, ""},
}

// TestAliasesAreKamailios compares the table of aliases beside that of locations: what commands tell of it, and what
// requests find.
func TestAliasesAreKamailios(t *testing.T) {
	if _, err := exec.LookPath("kamailio"); err != nil {
		t.Skip("left out: kamailio is not installed: tests/install-peers installs it")
	}
	s := NewServer(t, differentialConfig("usrloc.preload=aliases"), differentialScript)
	var told [2][]string
	for i := range told {
		s.asIncumbent(i == 1)
		s.Start()
		for _, x := range aliasCommands {
			told[i] = append(told[i], steady(s.RPC(x[0].(string), x[1:]...)))
		}
		told[i] = append(told[i], play(t, s, aliasSteps)...)
		s.endIncumbent()
	}
	for i := range told[0] {
		if !sameButSeconds(told[0][i], told[1][i]) {
			t.Errorf("%d: ours\n%s\ntheirs\n%s", i, told[0][i], told[1][i])
		}
	}
}

// unsteady is what differs from run to run, and what the servers call themselves. The time of the change is 0 with the incumbent.
var unsteady = regexp.MustCompile(`"(Expires|Last-Modified|Last-Keepalive)":\d+|"(Call-ID|User-Agent)":"[^"]*"`)

// steady takes that out of an answer.
func steady(text string) string {
	text = strings.Join(strings.Fields(varying.ReplaceAllString(text, "RUID")), "")
	return unsteady.ReplaceAllString(text, `"$1$2":N`)
}
