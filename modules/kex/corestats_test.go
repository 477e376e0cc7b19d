package kex

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestCoreStatisticsOfTheIncumbent(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, name := range strings.Fields(`bad_URIs_rcvd bad_msg_hdr drop_replies drop_requests err_replies err_requests
fwd_replies fwd_requests rcv_replies rcv_requests unsupported_methods`) {
		if s, ok := h.Stats.Get("core", name); !ok || s.Value() != 0 {
			t.Errorf("core:%s is there: %v", name, ok)
		}
	}
}

// TestCountersFollowTheirEvents sets what the core counts and reads the statistics.
func TestCountersFollowTheirEvents(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	s := &h.Core.Stats
	s.Overload.Add(1)
	s.DroppedRequests.Add(2)
	s.BadRequests.Add(3)
	s.Panics.Add(4)
	s.BadReplies.Add(5)
	s.BadHeaders.Add(6)
	s.Malformed.Add(100)
	s.BadURIs.Add(8)
	want := map[string]int64{"drop_requests": 3, "err_requests": 7, "err_replies": 5, "bad_msg_hdr": 6, "bad_URIs_rcvd": 8}
	for name, n := range want {
		e, _ := h.Stats.ByName(name)
		if e.Value() != n {
			t.Errorf("%s is %d, want %d", name, e.Value(), n)
		}
		e.Reset()
		if e.Value() != 0 {
			t.Errorf("%s is %d after a reset", name, e.Value())
		}
	}
}
