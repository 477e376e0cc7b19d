package route

import "testing"

// TestBranched: what a branch route changes shows in its branch only.
func TestBranched(t *testing.T) {
	changes := map[string]func(*Edits){
		"add":        func(e *Edits) { e.Insert(0, "branch") },
		"remove":     func(e *Edits) { e.RemoveIf(func(x *Edit) bool { return x.At == 1 }) },
		"forget":     func(e *Edits) { e.forgetInside(0, 2) },
		"forget all": (*Edits).Reset,
		"and again":  func(e *Edits) { e.Reset(); e.Insert(1, "branch"); e.Insert(4, "branch") },
	}
	for name, change := range changes {
		var e Edits
		e.Insert(1, "one")
		e.Insert(4, "four")
		branch := e.Branched()
		change(&branch)
		if got := string(e.Apply(nil, "abcdef", 0, 6, nil)); got != "aonebcdfouref" {
			t.Errorf("%s: the original became %q", name, got)
		}
		if got := string(branch.Apply(nil, "abcdef", 0, 6, nil)); got == "aonebcdfouref" {
			t.Errorf("%s: nothing changed", name)
		}
	}
}

// TestShared: neither of two that share their edits sees what the other one does later.
func TestShared(t *testing.T) {
	var original Edits
	original.Insert(5, "first")
	saved := original.Shared()
	original.Insert(7, "later")
	original.RemoveIf(func(x *Edit) bool { return x.Text == "first" })
	if l := saved.List(); len(l) != 1 || l[0].Text != "first" {
		t.Errorf("saved: %+v", l)
	}
	saved.Insert(9, "its own")
	if l := original.List(); len(l) != 1 || l[0].Text != "later" {
		t.Errorf("original: %+v", l)
	}
	again := saved.Shared()
	saved.Reset()
	if !saved.Empty() || len(again.List()) != 2 {
		t.Errorf("after a reset: %+v, %+v", saved.List(), again.List())
	}
}
