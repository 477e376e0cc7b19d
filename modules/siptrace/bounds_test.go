package siptrace

import (
	"strconv"
	"testing"
	"time"
)

// TestFollowedIsFull: a full table is not looked through for each call, and takes calls again once others are over.
func TestFollowedIsFull(t *testing.T) {
	f := followed{byID: map[string]*following{}}
	begun := time.Unix(1000, 0)
	for i := range maxFollowed {
		f.add(strconv.Itoa(i), &following{until: begun.Add(time.Minute)}, begun)
	}
	if f.add("more", &following{}, begun) || f.swept != begun {
		t.Fatal("a full table takes more")
	}
	if !f.add("7", &following{scope: dialog, until: begun.Add(time.Minute)}, begun) || f.byID["7"].scope != dialog {
		t.Error("a call that is followed already is refused")
	}
	if f.add("more", &following{}, begun.Add(sweepEvery/2)) || f.swept != begun {
		t.Error("it was looked through again at once")
	}
	if !f.add("more", &following{}, begun.Add(time.Hour)) || len(f.byID) != 1 {
		t.Error("what is over was not forgotten")
	}
}

// TestCollectorOpenedTwice: of two messages that open the same capture server at once, the first one's is used.
func TestCollectorOpenedTwice(t *testing.T) {
	var o others
	first, second := new(collector), new(collector)
	for _, c := range []*collector{first, second} {
		if use, err := o.add("sip:a", c); use != first || err != nil {
			t.Errorf("%p, %v; want %p", use, err, first)
		}
	}
	for i := range maxCollectors - 1 {
		if _, err := o.add(strconv.Itoa(i), new(collector)); err != nil {
			t.Fatal(err)
		}
	}
	if use, err := o.add("sip:b", second); use != nil || err == nil {
		t.Error("one too many is taken")
	}
}
