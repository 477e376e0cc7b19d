package pv

import (
	"bufio"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
)

const config = `
#!define WORD "hello world"
#!define NUM 4242
loadmodule "pv.so"
modparam("pv", "shvset", "started=i:17")
modparam("pv", "shvset", "greeting=s:hello there")
modparam("pv", "varset", "preset=s:from config")
modparam("pv", "avp_aliases", "nick=s:nickname")
`

func start(t testing.TB) *kemitest.Host {
	t.Helper()
	return kemitest.Start(t, config, corepv.Module, Module)
}

// sample is a message of testdata with CRLF line ends.
func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".sip")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\n", "\r\n")
}

// show writes a value as the case files do: #n for a number, "…" for a text, nil.
func show(v kemi.Value) string {
	switch v.Kind() {
	case kemi.KindNull:
		return "nil"
	case kemi.KindInt:
		return "#" + v.Text()
	}
	return strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`, "\x00", `\0`).Replace(`"` + v.Text() + `"`)
}

// TestCases runs testdata/*.cases. A line "message NAME" takes a message in hand, a line
// "set NAME = TEXT" or "set NAME = #N" writes a variable, any other line reads one: NAME = VALUE.
func TestCases(t *testing.T) {
	for _, file := range []string{"reads", "texts", "writes", "trees"} {
		t.Run(file, func(t *testing.T) { runCases(t, "testdata/"+file+".cases") })
	}
}

func runCases(t *testing.T, path string) {
	h, blocks := start(t), readBlocks(t, path)
	for _, b := range blocks {
		h.Run(sample(t, b.message), func(c *kemi.Ctx) {
			for _, line := range b.lines {
				if err := runCase(c, line); err != "" {
					t.Errorf("%s: %s: %s", b.message, line, err)
				}
			}
		})
	}
}

// block is the lines of a case file that share a message.
type block struct {
	message string
	lines   []string
}

func readBlocks(t *testing.T, path string) (blocks []block) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if name, ok := strings.CutPrefix(line, "message "); ok {
			blocks = append(blocks, block{message: name})
		} else if line != "" && line[0] != '#' {
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, line)
		}
	}
	return blocks
}

func runCase(c *kemi.Ctx, line string) string {
	name, want, _ := strings.Cut(line, " = ")
	name, write := strings.CutPrefix(name, "set ")
	v := c.Server.Registry.FindVar(name)
	if write {
		if v == nil || !v.Set(c, value(want)) {
			return "cannot be set"
		}
		return ""
	}
	got := kemi.Null
	if v != nil {
		got = v.Get(c)
	}
	if show(got) != want {
		return "got " + show(got)
	}
	return ""
}

// value reads what show writes, but a text without the quotes around it.
func value(s string) kemi.Value {
	if s == "nil" {
		return kemi.Null
	}
	if n, ok := strings.CutPrefix(s, "#"); ok {
		return kemi.Int(kemi.Str(n).Number())
	}
	return kemi.Str(strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\t`, "\t").Replace(s))
}

func TestKeccak(t *testing.T) {
	for bits, want := range map[string]string{
		"256": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
		"512": "18587dc2ea106b9a1563e32b3312421ca164c7f1f07bc922a9c83d77cea3a1e5d0c69910739025372dc14ac9642629379540c17e2a65b19d77aa511a9d00bb96",
	} {
		if got := hex.EncodeToString(keccakSums[bits]("abc")); got != want {
			t.Errorf("%s bits: %s", bits, got)
		}
	}
	if got := hex.EncodeToString(keccakSums["256"](strings.Repeat("x", 136))); len(got) != 64 {
		t.Error(got)
	}
}
