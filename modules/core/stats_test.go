package core

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
)

// incumbent are the statistics that a server of the incumbent has without a module, and with sl.
const incumbent = `dns:failed_dns_request dns:slow_dns_request
shmem:fragments shmem:free_size shmem:max_used_size shmem:real_used_size shmem:total_size shmem:used_size
sl:1xx_replies sl:200_replies sl:4xx_replies sl:6xx_replies sl:failures sl:received_ACKs sl:sent_replies sl:xxx_replies
tcp:con_reset tcp:con_timeout tcp:connect_failed tcp:connect_success tcp:current_opened_connections tcp:current_write_queue_size
tcp:established tcp:local_reject tcp:passive_open tcp:send_timeout tcp:sendq_full`

func TestStatisticsOfTheIncumbent(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, name := range strings.Fields(incumbent) {
		group, name, _ := strings.Cut(name, ":")
		s, ok := h.Stats.Get(group, name)
		if !ok {
			t.Errorf("there is no %s:%s", group, name)
			continue
		}
		if s.Value() != 0 && group != "shmem" {
			t.Errorf("%s:%s is %d before anything happened", group, name, s.Value())
		}
	}
}

// TestSendFailuresAreCounted sets what the core counts and reads the statistic.
func TestSendFailuresAreCounted(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Core.Stats.UnsentReplies.Add(9)
	e, _ := h.Stats.ByName("failures")
	if e.Value() != 9 {
		t.Errorf("failures is %d", e.Value())
	}
}

func TestMemoryStatistics(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	value := func(name string) int64 {
		e, _ := h.Stats.Get("shmem", name)
		return e.Value()
	}
	used, held, peak, total := value("used_size"), value("real_used_size"), value("max_used_size"), value("total_size")
	if used <= 0 || held <= 0 || peak <= 0 || total < held || value("fragments") != 0 {
		t.Errorf("used %d, held %d, at most %d, of %d", used, held, peak, total)
	}
	if free := value("free_size"); free <= 0 || free > total {
		t.Errorf("free %d of %d", free, total)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(1))
	if total, free := value("total_size"), value("free_size"); total != 1 || free != 0 {
		t.Errorf("with a limit of 1: total %d, free %d", total, free)
	}
}

func TestSizeInATable(t *testing.T) {
	const table = "Name:\tmoonroute\nVmHWM:\t    5120 kB\nVmRSS:\t x kB\n"
	for label, want := range map[string]int64{"VmHWM:": 5120 << 10, "VmRSS:": 0, "MemTotal:": 0} {
		if got := sizeIn(table, label); got != want {
			t.Errorf("%s %d, want %d", label, got, want)
		}
	}
}
