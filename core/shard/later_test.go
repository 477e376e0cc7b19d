package shard

import (
	"slices"
	"testing"
)

// TestLater: where somebody else moves the shard, nothing runs by itself, and an idle shard stays free.
func TestLater(t *testing.T) {
	s := newShard(Limits{})
	var later []func()
	s.Later = func(drain func()) { later = append(later, drain) }
	var order []string
	note := func(what string) Job { return Func(func() { order = append(order, what) }) }
	s.Post(1, note("posted"))
	s.Post(1, note("posted again"))
	if len(order) != 0 || len(later) == 0 {
		t.Fatalf("ran %q, %d drains", order, len(later))
	}
	s.Submit(2, Func(func() {
		order = append(order, "came")
		s.Post(3, note("posted inside"))
		s.Wait(func() { order = append(order, "waited") })
	}), nil)
	for _, drain := range later {
		drain()
	}
	want := []string{"came", "waited", "posted", "posted again", "posted inside"}
	if !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}
