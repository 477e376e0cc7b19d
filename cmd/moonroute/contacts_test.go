package main

import "testing"

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
