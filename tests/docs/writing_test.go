package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFindingsOfThePage checks the script with mistakes of docs/writing-scripts.md: the page shows what the check says.
func TestFindingsOfThePage(t *testing.T) {
	engine := openEngine(t)
	text, err := os.ReadFile(filepath.Join(root, "docs/writing-scripts.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, want := block(string(text), "mistakes"), block(string(text), "findings")
	t.Chdir(t.TempDir())
	if err := os.WriteFile("routes.lua", []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, finding := range engine.Check([]string{"routes.lua"}) {
		b.WriteString(finding.String() + "\n")
	}
	if got := strings.TrimSuffix(b.String(), "\n"); got != want {
		t.Errorf("the check says\n%s\nand the page\n%s", got, want)
	}
}

// block is the text between ```kind and ```.
func block(text, kind string) string {
	_, rest, _ := strings.Cut(text, "```"+kind+"\n")
	inside, _, _ := strings.Cut(rest, "\n```")
	return inside
}
