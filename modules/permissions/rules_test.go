package permissions

import (
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// pairs are what each line of TestRuleLines is tried with.
var pairs = [3][2]string{{"sip:a@x", "sip:b@y"}, {"sip:c@x", "sip:d@y"}, {"sip:a@x", "sip:d@y"}}

func TestRuleLines(t *testing.T) {
	for line, want := range map[string]string{
		`ALL : ALL`: "yyy", `ALL:ALL`: "yyy", "\tALL\t:\tALL ": "yyy", `all : all`: "nnn", `"sip:a" : ALL`: "yny", `sip:a : ALL`: "yny", `'sip:a' : ALL`: "nnn",
		`"sip:a", "sip:c" : ALL`: "yyy", `"sip:a","sip:c" : "sip:b" , "sip:q"`: "ynn", `"sip:a" "sip:c" : ALL`: "nnn", `ALL EXCEPT "sip:a" : ALL`: "nyn",
		`ALL : ALL EXCEPT "sip:b"`: "nyy", `EXCEPT "sip:a" : ALL`: "nnn", `"sip:a" EXCEPT "sip:a@x" : ALL`: "nnn", `ALL EXCEPT ALL : ALL`: "yyy", `ALL : ALL EXCEPT`: "nnn",
		`ALL : "sip:b" # comment`: "ynn", `"SIP:A" : "Sip:B"`: "ynn", `ALL : ALL : ALL`: "nnn", `"a:b" : ALL`: "nnn", `"a EXCEPT b" : ALL`: "yny", `"a#b" : ALL`: "nnn",
	} {
		r, ok, err := parseRule(line)
		if !ok || err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got := ""
		for _, p := range pairs {
			if r.left.matches(p[0]) && r.right.matches(p[1]) {
				got += "y"
			} else {
				got += "n"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	for _, line := range []string{`ALL`, `ALL :`, `: ALL`, `"sip:a : ALL`, `"a\"b" : ALL`, `"(" : ALL`, `"" : ALL`, `ALL : ""`, `ALL : "sip:b",`, `"sip:a" , : ALL`} {
		if _, ok, err := parseRule(line); ok || err == nil {
			t.Errorf("%s is taken", line)
		}
	}
	for _, line := range []string{"", "  \t", "# ALL : ALL", "  # x"} {
		if _, ok, err := parseRule(line); ok || err != nil {
			t.Errorf("%q: %v %v", line, ok, err)
		}
	}
}

const (
	allowRules = "\"^sip:alice@home\" : \"^sip:bob@\" , \"^sip:[0-9]+@\"\n\"^sip:.*@parity\\.example$\" : ALL EXCEPT \"^sip:\\+?900\"\nbroken\nALL EXCEPT \"^sip:mal\" : \"sip:pub@\"\n"
	denyRules  = "ALL : \"^sip:\\+?900\"\n\"^sip:mallory@\" : ALL\nALL : \"@blocked\\.example$\"\n"
)

func startRules(t *testing.T, config string) (h *kemitest.Host, base string) {
	t.Helper()
	base = strings.TrimSuffix(write(t, "p.allow", allowRules), ".allow")
	if err := os.WriteFile(base+".deny", []byte(denyRules), 0o600); err != nil {
		t.Fatal(err)
	}
	return kemitest.Start(t, text("default_allow_file", base+".allow")+text("default_deny_file", base+".deny")+config, Module), base
}

func TestRouting(t *testing.T) {
	h, _ := startRules(t, "")
	expect(t, h.Log(), "p.allow:3: want LEFT : RIGHT")
	for _, tc := range []struct {
		from, uri string
		want      int
	}{
		{"<sip:alice@home.example>", "sip:bob@x", 1}, {"<sip:alice@home.example>", "sip:900@x", 1}, {"<sip:bob@home.example>", "sip:900@x", -1}, {"<sip:mallory@x>", "sip:pub@x", -1},
		{"<SIP:MALLORY@x>", "sip:bob@x", -1}, {"<sips:mallory@x>", "sip:bob@x", 1}, {"<sip:x@x>", "sip:pub@blocked.example", 1}, {"<sip:x@x>", "sips:a@blocked.example:5061;x=y", -1},
		{"<sip:x@parity.example>", "sip:z@blocked.example", 1}, {"<sip:x@parity.example:5060>", "sip:z@blocked.example", -1}, {"<tel:+1>", "tel:900", -1}, {"garbage garbage", "sip:bob@x", -1},
	} {
		if got, _ := ask(h, invite(tc.from, tc.uri), "allow_routing"); got != tc.want {
			t.Errorf("%+v gives %d", tc, got)
		}
	}
	if got, _ := ask(h, "", "allow_routing"); got != -1 {
		t.Error(got)
	}
}

func TestRoutingOfBranches(t *testing.T) {
	for config, want := range map[string]int{"": -1, param("check_all_branches", "0"): 1} {
		h, _ := startRules(t, config)
		h.Run(invite("<sip:x@x>", "sip:ok@x"), func(c *kemi.Ctx) {
			c.Msg.Branches = append(c.Msg.Branches, route.Branch{URI: "sip:ok@y"})
			if got := h.Call(c, "permissions", "allow_routing"); got.Int() != 1 {
				t.Error(got)
			}
			c.Msg.Branches = append(c.Msg.Branches, route.Branch{URI: "sip:900@y"})
			if got := h.Call(c, "permissions", "allow_routing"); got.Int() != want {
				t.Errorf("%q: %d", config, got.Int())
			}
		})
	}
}

func TestTestURI(t *testing.T) {
	h, base := startRules(t, "")
	for _, tc := range []struct{ want, base, uri, contact string }{
		{"Allowed", base, "sip:alice@home.example", "sip:bob@x"}, {"Denied", base, "sip:mallory@x", "garbage"}, {"Allowed", base, "", "sip:bob@x"},
		{"Allowed", base, "<sip:mallory@x>", "<sip:bob@x>"}, {"Denied", base + "x", "sip:alice@home.example", "sip:bob@x"}, {"Denied", "p", "sip:alice@home.example", "sip:bob@x"},
	} {
		for _, name := range []string{"testUri", "allowUri"} {
			expect(t, command(h, name, tc.base, tc.uri, tc.contact), `"result":"`+tc.want+`"`)
		}
	}
	expect(t, command(h, "testUri", base, "x"), "Not enough parameters (basename, URI and contact)")
}

func FuzzRule(f *testing.F) {
	f.Add(`ALL EXCEPT "^sip:a", "b" : "x" # c`)
	f.Add(`"a:b" : ALL : `)
	f.Fuzz(func(_ *testing.T, line string) {
		if r, ok, _ := parseRule(line); ok {
			_ = r.left.matches(line) && r.right.matches(line)
		}
	})
}

func FuzzAddressLine(f *testing.F) {
	f.Add("1 10.0.0.0 8 5060 tag # c")
	f.Add("3 [::1")
	f.Fuzz(func(t *testing.T, line string) {
		b := newAddressBuilder(10)
		if err := addLine(b, line); err == nil {
			if a := b.finish(); len(a.hosts)+len(a.names)+len(a.networks.list) > 1 {
				t.Error("a line makes more than one entry")
			}
		}
	})
}
