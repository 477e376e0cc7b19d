package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// callTree is what functions call which, and how often the server was found below each.
type callTree struct {
	found int
	calls map[string]*callTree
}

// add counts a call stack, innermost function first.
func (t *callTree) add(stack []string) {
	for _, name := range slices.Backward(stack) {
		if t.calls == nil {
			t.calls = map[string]*callTree{}
		}
		if t.calls[name] == nil {
			t.calls[name] = new(callTree)
		}
		t = t.calls[name]
		t.found++
	}
}

// order is about that in which a message meets the functions: each after its caller, and where one calls several, the
// one with most work below it first.
func (t *callTree) order() (names []string) {
	seen := map[string]bool{}
	var walk func(t *callTree)
	walk = func(t *callTree) {
		called := slices.SortedFunc(maps.Keys(t.calls), func(a, b string) int {
			if x, y := t.calls[a].found, t.calls[b].found; x != y {
				return y - x
			}
			return strings.Compare(a, b)
		})
		for _, name := range called {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
			walk(t.calls[name])
		}
	}
	walk(t)
	return names
}

// functionsAll writes down the functions that the server runs for all tasks.
func (b *bench) functionsAll() error {
	b.tree = new(callTree)
	if _, err := b.recorded(b.tasks()); err != nil {
		return err
	}
	names := b.tree.order()
	fmt.Fprintf(b.out, "%d functions\n", len(names))
	return os.WriteFile(b.functions, []byte(strings.Join(names, "\n")+"\n"), 0o644)
}
