package vocabulary

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules/core"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/corex"
	"github.com/moonroute/moonroute/modules/hdr"
	"github.com/moonroute/moonroute/modules/htable"
	"github.com/moonroute/moonroute/modules/ipops"
	"github.com/moonroute/moonroute/modules/pv"
	"github.com/moonroute/moonroute/modules/pv_headers"
	"github.com/moonroute/moonroute/modules/rr"
	"github.com/moonroute/moonroute/modules/siputils"
	"github.com/moonroute/moonroute/modules/textops"
	"github.com/moonroute/moonroute/modules/textopsx"
)

const caseConfig = `modparam("htable", "htable", "plain=>size=4;")
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 1)`

// recorded is one line of a case file: a list of Lua expressions and what the incumbent gave for them.
type recorded struct{ place, expressions, want string }

// readCases reads testdata/*.cases. A line is EXPRESSIONS ==> TYPE VALUE | TYPE VALUE; others begin with #.
func readCases(t *testing.T) (all []recorded) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.cases")
	if err != nil || len(files) == 0 {
		t.Fatal("no case files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
			if line == "" || line[0] == '#' {
				continue
			}
			expressions, want, ok := strings.Cut(line, " ==> ")
			if !ok {
				t.Fatalf("%s:%d: no ==>", file, i+1)
			}
			all = append(all, recorded{fmt.Sprintf("%s:%d", file, i+1), expressions, want})
		}
	}
	return all
}

// caseScript has a function c1, c2 and so on for each case, which writes its results to a file of that name.
func caseScript(dir string, cases []recorded) string {
	var b strings.Builder
	fmt.Fprintf(&b, "local dir = %q\n", dir)
	b.WriteString(`
local function show(v)
	if type(v) == "string" then
		v = string.gsub(v, "\\", "\\\\")
		return "string " .. string.gsub(v, "[^\32-\126]", function(c) return string.format("\\x%02x", string.byte(c)) end)
	end
	return type(v) == "nil" and "nil" or type(v) .. " " .. tostring(v)
end
local function write(name, ...)
	local out = {}
	for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
	local f = io.open(dir .. "/" .. name, "w")
	f:write(table.concat(out, " | "))
	f:close()
end
`)
	for i := range cases {
		fmt.Fprintf(&b, "function c%d() write(\"c%d\", %s) end\n", i, i, cases[i].expressions)
	}
	return b.String()
}

// TestRecorded compares what scripts get with what they got from the incumbent, for the rarer ways to call a function.
func TestRecorded(t *testing.T) {
	cases := readCases(t)
	dir := t.TempDir()
	h := kemitest.Start(t, caseConfig, core.Module, corepv.Module, pv.Module, hdr.Module, textops.Module, textopsx.Module, siputils.Module,
		corex.Module, htable.Module, ipops.Module, rr.Module, pv_headers.Module)
	file := filepath.Join(dir, "cases.lua")
	if err := os.WriteFile(file, []byte(caseScript(dir, cases)), 0o600); err != nil {
		t.Fatal(err)
	}
	e := lua.New(lua.Options{})
	if err := e.Open(kemi.EngineHost{Server: h.Server, Registry: h.Registry, Shards: 1, Limits: kemi.DefaultScriptLimits()}); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Load([]string{file}); err != nil {
		t.Fatal(err)
	}
	message, err := os.ReadFile("testdata/invite.sip")
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range cases {
		name := fmt.Sprintf("c%d", i)
		h.Run(strings.ReplaceAll(string(message), "\n", "\r\n"), func(c *kemi.Ctx) {
			if outcome := e.Run(c, route.Callback{Name: name}); outcome != route.Done {
				t.Errorf("%s: %v", x.place, outcome)
			}
		})
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != x.want {
			t.Errorf("%s: %s\n got %s\nwant %s %v", x.place, x.expressions, got, x.want, err)
		}
	}
}
