package lua

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
)

func TestAReloadThatFailsChangesNothing(t *testing.T) {
	const good = `package.path = DIR .. "/?.lua" require "part" function f() KSR.note.add(part .. " " .. (G or 0)) G = (G or 0) + 1 end`
	broken := map[string]struct{ main, part, want string }{
		"syntax":           {"function f(\nif", "", "a.lua:2:"},
		"at run midway":    {"function f() end\nlocal x = nil\nx.y = 1", "", "a.lua:3: "},
		"error()":          {"\nerror('no luck')", "", "a.lua:2: no luck"},
		"endless":          {"while true do end", "", "a.lua:1: script ran longer than"},
		"required: syntax": {good, "part = = 1", "part.lua:1"},
		"required: run":    {good, "\nnosuch()", "part.lua:2: "},
		"required: absent": {good + "\nrequire 'nowhere'", "part = 'x'", "module nowhere not found"},
	}
	for name, c := range broken {
		t.Run(name, func(t *testing.T) {
			n, limits := new(note), testLimits
			if name == "endless" {
				limits = shortLimits
			}
			h := newHost(t, limits, Options{}, n.module())
			files := h.files("")
			dir := filepath.Dir(files[0])
			set := func(main, part string) {
				write(t, files[0], strings.ReplaceAll(main, "DIR", `"`+dir+`"`))
				write(t, filepath.Join(dir, "part.lua"), part)
			}
			set(good, "part = 'old'")
			if err := h.e.Load(files); err != nil {
				t.Fatal(err)
			}
			h.run("f")
			set(c.main, c.part)
			err := h.e.Reload(-1, "test")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			h.run("f")
			if got := n.take(); got != "old 0\nold 1" {
				t.Errorf("then %q", got)
			}
			set(good, "part = 'newer'")
			if err := h.e.Reload(0, "test"); err != nil {
				t.Fatal(err)
			}
			h.run("f")
			if got := n.take(); got != "newer 0" {
				t.Errorf("after the repair %q", got)
			}
		})
	}
}

func TestErrorsTellTheirPlace(t *testing.T) {
	h := newHost(t, testLimits, Options{})
	err := h.e.Load(h.files("", "x = 1\n  y = = 2"))
	var wrong *Error
	if !errors.As(err, &wrong) || filepath.Base(wrong.File) != "b.lua" || wrong.Line != 2 || wrong.Column != 7 {
		t.Errorf("%+v", err)
	}
	if h.e.Version(nil) != nil || h.e.Has("f") {
		t.Error("a failed load left something")
	}
	if err := h.e.Load([]string{"/nonexistent.lua"}); err == nil || !strings.Contains(err.Error(), "/nonexistent.lua") {
		t.Error(err)
	}
}

func TestReloadOfOneScriptKeepsTheOthers(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	files := h.files(`a = "a1"`, `b = "b1" function f() KSR.note.add(a .. b) end`)
	if err := h.e.Load(files); err != nil {
		t.Fatal(err)
	}
	write(t, files[0], `a = "a2"`)
	write(t, files[1], `b = "b2" function f() KSR.note.add(a .. b) end`)
	for index, want := range []string{0: "a2b1", 1: "a2b2"} {
		if err := h.e.Reload(index, "test"); err != nil {
			t.Fatal(err)
		}
		h.run("f")
		if got := n.take(); got != want {
			t.Errorf("reload of %d: %q, want %q", index, got, want)
		}
	}
	if err := h.e.Reload(2, "test"); err == nil || !strings.Contains(err.Error(), "no script 2") {
		t.Error(err)
	}
}

func TestArmedCallbacksOutliveAReload(t *testing.T) {
	n := new(note)
	h := newHost(t, testLimits, Options{}, n.module())
	files := h.files(`function gone() KSR.note.add("old gone") end function both() KSR.note.add("old both") end`)
	if err := h.e.Load(files); err != nil {
		t.Fatal(err)
	}
	armed := h.e.Version(nil)
	write(t, files[0], `function both() KSR.note.add("new both") end`)
	if err := h.e.Reload(-1, "test"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gone", "both", "gone"} {
		for shard := range h.shards {
			h.runIn(shard, route.FailureRoute, route.Callback{Name: name, Version: armed})
		}
	}
	if got := n.take(); got != "old gone\nold gone\nnew both\nnew both\nold gone\nold gone" {
		t.Error(got)
	}
	if got := h.run("gone"); got != route.Absent || !strings.Contains(h.log.String(), "there is no function gone") {
		t.Errorf("%d\n%s", got, h.log)
	}
}
