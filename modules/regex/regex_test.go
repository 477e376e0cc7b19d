package regex_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/regex"
)

// settings writes a file of groups and gives the lines of a configuration that uses it.
func settings(t *testing.T, groups string) (file, lines string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "groups")
	write(t, file, groups)
	return file, "modparam(\"regex\", \"file\", \"" + file + "\")\n"
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func match(h *kemitest.Host, text, pattern string) (result int) {
	h.Run("", func(c *kemi.Ctx) {
		result = h.Call(c, "regex", "pcre_match", kemi.Str(text), kemi.Str(pattern)).Int()
	})
	return result
}

func matchGroup(h *kemitest.Host, text string, group int) (result int) {
	h.Run("", func(c *kemi.Ctx) {
		result = h.Call(c, "regex", "pcre_match_group", kemi.Str(text), kemi.Int(group)).Int()
	})
	return result
}

func TestMatch(t *testing.T) {
	_, lines := settings(t, "[0]\na\n")
	h := kemitest.Start(t, lines+"modparam(\"regex\", \"pcre_caseless\", 1)\nmodparam(\"regex\", \"pcre_dotall\", 1)\n", regex.Module)
	plain := kemitest.Start(t, "modparam(\"regex\", \"pcre_caseless\", 1)\n", regex.Module)
	for _, tc := range []struct {
		h             *kemitest.Host
		text, pattern string
		want          int
	}{
		{h, "alice@x", "^alice", 1}, {h, "alice@x", "ALICE", 1}, {h, "alice@x", "bob", -1}, {h, "alice@x", "[", -4}, {h, "alice@x", "", 1},
		{h, "", "", 1}, {h, "a\nb", "a.b", 1}, {h, "x", "x\x00(", 1}, {h, strings.Repeat("a", 5000), `(a*)*\1b`, -1},
		{plain, "alice@x", "ALICE", -1}, {plain, "a\nb", "a.b", -1}, {plain, "alice@x", "(?<=@)x", 1},
	} {
		if got := match(tc.h, tc.text, tc.pattern); got != tc.want {
			t.Errorf("%.20q %q: %d, want %d", tc.text, tc.pattern, got, tc.want)
		}
	}
}

func TestGroups(t *testing.T) {
	_, lines := settings(t, "# comment\n[0]\n(?i)abc\ndef$\n\n indented\n[name]\n[2]\na|b\n^c")
	h := kemitest.Start(t, lines, regex.Module)
	for _, tc := range []struct {
		text  string
		group int
		want  int
	}{
		{"ABC", 0, 1}, {"def", 0, 1}, {"DEF", 0, -1}, {"indented", 0, -1}, {"", 1, 1}, {"x", 1, -1}, {"xb", 2, 1}, {"c", 2, 1}, {"dc", 2, -1},
		{"x", 3, -4}, {"x", -1, -4},
	} {
		if got := matchGroup(h, tc.text, tc.group); got != tc.want {
			t.Errorf("%q in group %d: %d, want %d", tc.text, tc.group, got, tc.want)
		}
	}
}

func TestReload(t *testing.T) {
	file, lines := settings(t, "[0]\nold\n")
	h := kemitest.Start(t, lines, regex.Module)
	reload := func(want string) {
		t.Helper()
		if got := h.RPC(`{"jsonrpc":"2.0","method":"regex.reload","id":1}`); !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	write(t, file, "[0]\nnew\n")
	if matchGroup(h, "old", 0) != 1 {
		t.Error("the file counts before the reload")
	}
	reload("result")
	if matchGroup(h, "old", 0) != -1 || matchGroup(h, "new", 0) != 1 {
		t.Error("the reload has no effect")
	}
	write(t, file, "[0]\nfine\nbro[ken\n")
	reload("Failed to reload")
	if matchGroup(h, "new", 0) != 1 || !strings.Contains(h.Log(), "groups:3: ") {
		t.Errorf("a failed reload: %s", h.Log())
	}
}

func TestWithoutFile(t *testing.T) {
	h := kemitest.Start(t, "", regex.Module)
	if matchGroup(h, "x", 0) != -2 {
		t.Error("there are groups without a file")
	}
	if got := h.RPC(`{"jsonrpc":"2.0","method":"regex.reload","id":1}`); !strings.Contains(got, "Group matching not enabled") {
		t.Error(got)
	}
}

func TestRefusedFiles(t *testing.T) {
	long := strings.Repeat("a", 70)
	for groups, want := range map[string]string{
		"":                           "groups:1: there are no groups",
		"# x\na\n[0]\n":              "groups:2: an expression before the first group",
		"[0]\n[1]\n[2]\n":            "groups:3: more than 2 groups",
		"[0]\n" + long + "\n":        "", // just fits
		"[0]\n" + long + long + "\n": "groups:2: the group has more than 100 bytes",
		"[0]\na\n(\n":                "groups:3: pcre: missing closing )",
		"[0]\na\nb{2,1}\nc\n":        "groups:3: pcre: invalid repeat count",
	} {
		_, lines := settings(t, groups)
		h, err := kemitest.New(t, lines+"modparam(\"regex\", \"max_groups\", "+strconv.Itoa(2)+")\nmodparam(\"regex\", \"group_max_size\", 100)\n", regex.Module)
		if err != nil {
			t.Fatal(err)
		}
		err = h.Server.Start()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.30q: %v, want %s", groups, err, want)
		}
		h.Stop()
	}
}
