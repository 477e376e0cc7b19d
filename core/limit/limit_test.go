package limit

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// push counts messages and gives the verdicts as + and -.
func push(p *Pipe, n, scale int) string {
	var out strings.Builder
	for range n {
		out.WriteByte("-0+2"[p.Push(scale)+1])
	}
	return out.String()
}

// TestIntervals follows what the incumbent does with the same messages.
func TestIntervals(t *testing.T) {
	type interval struct {
		n    int
		want string
	}
	cases := []struct {
		pipe      Pipe
		scale     int
		intervals []interval
	}{
		{Pipe{Algorithm: TailDrop, Limit: 5}, 2, []interval{{13, "++++++++++---"}, {3, "+++"}, {11, "++++++++++-"}}},
		{Pipe{Algorithm: TailDrop, Limit: 3}, 1, []interval{{5, "+++--"}, {5, "+++--"}}},
		{Pipe{Algorithm: TailDrop}, 1, []interval{{2, "--"}, {2, "--"}}},
		{Pipe{Algorithm: TailDrop, Limit: -1}, 1, []interval{{2, "--"}}},
		{Pipe{Algorithm: RED, Limit: 4}, 2, []interval{{40, strings.Repeat("+", 40)}, {22, "----+----+----+----+--"}, {9, "-+-+-+-+-"}, {3, "+++"}}},
		{Pipe{Algorithm: RED, Limit: 3}, 1, []interval{{10, "++++++++++"}, {10, "--+--+--+-"}}},
		{Pipe{Algorithm: RED}, 1, []interval{{3, "+++"}, {3, "+++"}}},
		{Pipe{Algorithm: NOP}, 1, []interval{{3, "222"}}},
	}
	for _, tc := range cases {
		for i, in := range tc.intervals {
			if got := push(&tc.pipe, in.n, tc.scale); got != in.want {
				t.Errorf("%s %d, interval %d: %s, want %s", tc.pipe.Algorithm, tc.pipe.Limit, i, got, in.want)
			}
			tc.pipe.Next(tc.scale, Load{}, Controller{})
			if tc.pipe.Last != in.n || tc.pipe.Counter != 0 {
				t.Errorf("%s: counted %d and %d", tc.pipe.Algorithm, tc.pipe.Last, tc.pipe.Counter)
			}
		}
	}
}

func TestNetwork(t *testing.T) {
	p := Pipe{Algorithm: Network, Limit: 1000}
	got := push(&p, 1, 1)
	for _, waiting := range []int{1000, 1001, 0} {
		p.Next(1, Load{Waiting: waiting}, Controller{})
		got += push(&p, 2, 1)
	}
	if got != "0++--++" {
		t.Error(got)
	}
}

func TestFeedback(t *testing.T) {
	p := Pipe{Algorithm: Feedback, Limit: 80}
	var drops []int
	for _, cpu := range []float64{0.2, 0.2, 1, 1, 1, 1, 0.5, 0.5, 0.5} {
		p.Next(1, Load{CPU: cpu}, DefaultController())
		drops = append(drops, p.Drop)
	}
	if got := fmt.Sprint(drops); got != "[0 0 5 10 15 20 12 5 0]" {
		t.Error(got)
	}
	p.Drop = 30
	if got := push(&p, 100, 1); strings.Count(got, "-") != 30 || strings.Contains(got, "---") {
		t.Errorf("30%% fall as %s", got)
	}
	p.Set(RED, 3)
	if p.Drop != 0 {
		t.Error("a new algorithm keeps the old drop rate")
	}
}

func TestMeter(t *testing.T) {
	proc := fstest.MapFS{
		"stat":    {Data: []byte("cpu  100 0 100 700 100 0 0 0\ncpu0 1 2 3 4\n")},
		"net/udp": {Data: []byte("  sl  local_address rem_address   st tx_queue rx_queue\n 1: 0100007F:13C4 00000000:0000 07 00000000:00000300 00:0\n 2: 0100007F:13C5 00000000:0000 07 00000000:00000100 00:0\n")},
		"net/tcp": {Data: []byte("junk\n 1: 0100007F:13C4 0:0 07 00000000:00000010\n 2: x:y z w v\n")},
	}
	m := NewMeter(proc)
	if got := m.CPU(); got != 0.2 {
		t.Errorf("the load is %v", got)
	}
	proc["stat"] = &fstest.MapFile{Data: []byte("cpu  160 0 100 740 100\n")}
	if got := m.CPU(); got != 0.6 {
		t.Errorf("the load then is %v", got)
	}
	if got := m.Waiting(map[uint16]bool{5060: true}); got != 0x310 {
		t.Errorf("%d bytes wait", got)
	}
	if m = NewMeter(fstest.MapFS{}); m.CPU() != 0 || m.Waiting(nil) != 0 {
		t.Error("there is a load without /proc")
	}
}

func TestNames(t *testing.T) {
	for a := NOP; a < algorithms; a++ {
		if got, ok := ParseAlgorithm(a.String()); !ok || got != a {
			t.Errorf("%s is read as %s", a, got)
		}
	}
	if _, ok := ParseAlgorithm("red"); ok {
		t.Error("names are capitals")
	}
}
