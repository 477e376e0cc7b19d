package lua

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

const covered = `-- a comment
local function twice(x)
	return x
		+ x
end

function f()
	local n = 0
	for i = 1, 3 do
		n = n + i
	end
	if n > 100 then
		n = 0
	elseif n == 6 then
		n = twice(n)
	else n = 1 end
	local t = { g = function()
		return n
	end }
	while n < 0 do
		n = n + 1
	end
	repeat n = n - 1 until n < 10
	do
		n = t.g()
	end
	return twice(n)
end
`

// want is how often each line of covered has run after one call of f, "-" where it has no statement.
const want = "2:1 3:2 7:1 8:1 9:1 10:3 12:1 13:0 14:1 15:1 16:0 17:1 18:1 20:1 21:0 23:1 24:1 25:1 27:1"

func TestCoverageCountsLines(t *testing.T) {
	n, c := new(note), NewCoverage()
	h := newHost(t, testLimits, Options{Coverage: c}, n.module())
	h.load(covered)
	h.run("f")
	files := c.Files()
	if len(files) != 1 || filepath.Ext(files[0].Path) != ".lua" {
		t.Fatalf("%+v", files)
	}
	var got []string
	for _, l := range files[0].Lines {
		hits := l.Hits
		if l.Line == 2 || l.Line == 7 {
			hits /= uint64(len(h.shards)) // each shard's state runs the top level
		}
		got = append(got, fmt.Sprintf("%d:%d", l.Line, hits))
	}
	if text := strings.Join(got, " "); text != want {
		t.Errorf("\n got %s\nwant %s", text, want)
	}
}

// TestCoverageOfWhatIsNoFile: code that a script makes at run time is not counted.
func TestCoverageOfWhatIsNoFile(t *testing.T) {
	c := NewCoverage()
	h := newHost(t, testLimits, Options{Coverage: c}, new(note).module())
	h.load("function f() loadstring('x = 1')() end")
	h.run("f")
	if files := c.Files(); len(files) != 1 {
		t.Errorf("%+v", files)
	}
}

func TestWithoutCoverageTheCodeIsTheSame(t *testing.T) {
	tree, err := parseSource(covered, "x.lua")
	if err != nil {
		t.Fatal(err)
	}
	var none *Coverage
	if got := none.instrument(tree, "x.lua"); &got[0] != &tree[0] {
		t.Error("another tree")
	}
}
