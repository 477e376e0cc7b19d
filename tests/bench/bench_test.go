package main

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

func TestQuantiles(t *testing.T) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64(i)
	}
	for share, want := range map[float64]float64{0.5: 500, 0.99: 990, 0.999: 999} {
		if got := quantile(values, share); got != want {
			t.Errorf("%v: %v, want %v", share, got, want)
		}
	}
	if median([]float64{3, 1, 2}) != 2 || median([]float64{4, 1, 2, 3}) != 2.5 || median(nil) != 0 {
		t.Error("the median is wrong")
	}
}

// TestProcessorTime: work shows up in the accounts of the process that did it.
func TestProcessorTime(t *testing.T) {
	before := processorTime(os.Getpid())
	if before == 0 {
		t.Skip("left out: the system keeps no accounts of threads")
	}
	deadline := time.Now().Add(20 * time.Second)
	for processorTime(os.Getpid()) < before+20*time.Millisecond {
		if time.Now().After(deadline) {
			t.Fatal("20 ms of work do not show")
		}
	}
	if machineTime() == 0 || memory(os.Getpid()) == 0 {
		t.Error("the machine's time or the memory is not read")
	}
}

func TestArguments(t *testing.T) {
	for _, x := range []struct{ args, want string }{
		{"-cases call,forward", `no case "forward"`},
		{"-transports sctp", `no transport "sctp"`},
		{"-growth age", `no growth "age"`},
		{"-rounds 0", "at least one round"},
	} {
		_, err := parse(strings.Fields(x.args))
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.args, err, x.want)
		}
	}
	b, err := parse(strings.Fields("-cases none -growth none -against none"))
	if err != nil || len(b.tasks()) != 0 || b.against != "" {
		t.Errorf("nothing to do: %v, %v", b, err)
	}
}

func TestTable(t *testing.T) {
	s := func(us float64) []figure { return []figure{{Microseconds: us, Lost: 1, latency: []float64{5}}} }
	r := report{
		Rounds: 1,
		Cases:  []comparison{{Case: "call", Transport: "udp", Rate: 1000, Ratio: 0.5, Sides: []side{{"A", "./moonroute", s(100)}, {"B", "env X=1 /usr/sbin/kamailio", s(200)}}}},
		Growth: []grown{{"users", []grownStep{{1000, 100, s(100)}, {10000, 105, s(105)}}}},
	}
	var b bytes.Buffer
	r.table(&b)
	for _, want := range []string{"A moonroute", "B kamailio", "0.50", "105.0", "users"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestWhere(t *testing.T) {
	const stacks = `ffff memcpy
	1 runtime.memmove
	2 github.com/moonroute/moonroute/core/sip.(*Message).Parse
	3 github.com/moonroute/moonroute/core/server.(*Server).Receive

	ffff udp_sendmsg
	ffff __x64_sys_sendto
	2 github.com/moonroute/moonroute/core/transport.(*rawUDP).Write

	1 github.com/moonroute/moonroute/modules/registrar.lookup
	2 github.com/moonroute/moonroute/kemi.run

	1 main.main
`
	tree := new(callTree)
	counts, err := samples(strings.NewReader(stacks), tree)
	want := map[string]int{"parse": 1, "kernel: send": 1, "location": 1, other: 1}
	if err != nil || !maps.Equal(counts, want) {
		t.Errorf("%v, %v; want %v", counts, err, want)
	}
	order := []string{
		module + "core/server.(*Server).Receive", module + "core/sip.(*Message).Parse", "runtime.memmove", module + "core/transport.(*rawUDP).Write",
		module + "kemi.run", module + "modules/registrar.lookup", "main.main",
	}
	if got := tree.order(); !slices.Equal(got, order) {
		t.Errorf("%q", got)
	}
	var b bytes.Buffer
	whereTable(&b, []task{{Case: "call", Transport: "udp"}}, []figure{{Microseconds: 100, where: counts}})
	if !strings.Contains(b.String(), "25.0") || !strings.Contains(b.String(), "call udp") {
		t.Error(b.String())
	}
}

// TestConfiguration: the server takes the configuration and the script that come with the benchmark.
func TestConfiguration(t *testing.T) {
	dir := t.TempDir()
	text := strings.NewReplacer("@PORT@", "5060", "@DIR@", dir, "@SCRIPT@", dir+"/routes.lua").Replace(configuration)
	path := dir + "/kamailio.cfg"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/routes.lua", []byte(ownScript), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := kemi.New(kemi.Options{Config: cfg, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}), Log: log.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range server.CheckScripts() {
		t.Error(finding.String())
	}
}
