package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented are the names in the first columns of the tables of docs/core-parameters.md, with how often they stand there.
func documented(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../../docs/core-parameters.md")
	if err != nil {
		t.Fatal(err)
	}
	name, names := regexp.MustCompile("`([a-z0-9_]+)`"), map[string]int{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, found := range name.FindAllStringSubmatch(cells[1], -1) {
			names[found[1]]++
		}
	}
	return names
}

// TestTransportParametersAreDocumented: each has one row that says what it does here, or why nothing.
func TestTransportParametersAreDocumented(t *testing.T) {
	rows := documented(t)
	family := regexp.MustCompile(`^(tcp|udp4?|tls|dns)_`)
	for _, p := range params {
		if family.MatchString(p.name) && rows[p.name] != 1 {
			t.Errorf("%s has %d rows", p.name, rows[p.name])
		}
	}
	statements := map[string]bool{"listen": true, "socket": true, "alias": true}
	for name := range rows {
		if !isParam(name) && !statements[name] {
			t.Errorf("%s is no parameter", name)
		}
	}
}
