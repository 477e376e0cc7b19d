package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/rpc"
)

// TestDumpIsOneArray: the contacts of several answers, as both protocols have them, are one document.
func TestDumpIsOneArray(t *testing.T) {
	contact := func(uri string) *rpc.Struct { return (&rpc.Struct{}).Add("Address", uri) }
	binary, lists := &rpc.Struct{}, &rpc.Struct{}
	domain := binary.Struct("Domains").Struct("Domain").Add("Domain", "location")
	aors := domain.Struct("AoRs")
	aors.Struct("Info").Add("AoR", "alice").Struct("Contacts").Add("Contact", contact("a1")).Add("Contact", contact("a2"))
	aors.Struct("Info").Add("AoR", "bob").Struct("Contacts").Add("Contact", contact("b"))
	inner := (&rpc.Struct{}).Add("AoR", "carol")
	inner.List("Contacts").Add((&rpc.Struct{}).Add("Contact", contact("c")))
	table := (&rpc.Struct{}).Add("Domain", "location")
	table.List("AoRs").Add((&rpc.Struct{}).Add("Info", inner))
	lists.List("Domains").Add((&rpc.Struct{}).Add("Domain", table))

	var out strings.Builder
	users := &userArray{console: &console{Writer: &out}}
	for _, answer := range []rpc.Value{&rpc.Struct{}, binary, &rpc.Struct{}, lists} {
		if err := users.add([]rpc.Value{answer}); err != nil {
			t.Fatal(err)
		}
	}
	if err := users.end(); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Table, AoR string
		Contacts   []struct{ Address string }
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || len(got) != 3 {
		t.Fatalf("%v: %s", err, &out)
	}
	if got[0].Table != "location" || len(got[0].Contacts) != 2 || got[0].Contacts[1].Address != "a2" || got[1].AoR != "bob" || got[2].Contacts[0].Address != "c" {
		t.Errorf("%+v", got)
	}
}

func TestDumpOfNobodyIsAnEmptyArray(t *testing.T) {
	var out strings.Builder
	if err := (&userArray{console: &console{Writer: &out}}).end(); err != nil || out.String() != "[]\n" {
		t.Errorf("%q %v", out.String(), err)
	}
}

func TestDomainsOfStoredContacts(t *testing.T) {
	for _, c := range []struct {
		asked, stored string
		want          bool
	}{
		{"", "example.com", true}, {anyDomain, "example.com", true}, {"example.com", "", true}, // usrloc without use_domain
		{"example.com", "Example.com", true}, {"example.com", "example.org", false},
	} {
		if got := ofDomain(c.asked, c.stored); got != c.want {
			t.Errorf("%q for %q: %v", c.stored, c.asked, got)
		}
	}
}
