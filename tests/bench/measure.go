package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
	"github.com/moonroute/moonroute/tests/bench/traffic"
)

// task is one thing to measure.
type task struct {
	Case      traffic.Case
	Transport string
	Rate      int // operations a second
	Users     int // registered users that are called
	Branches  int // contacts of each
}

// callee tells whether the case needs registered users and somebody who answers for them.
func (t task) callee() bool { return t.Case == traffic.Call || t.Case == traffic.Message }

// figure is what one run of a task gave.
type figure struct {
	Microseconds float64        `json:"cpu_us"` // processor time for one operation
	Offered      int            `json:"offered"`
	Lost         int            `json:"lost"`
	Refused      int            `json:"refused"` // of the lost ones, those with a failure reply
	Resent       int            `json:"resent"`
	MiB          int            `json:"memory_mib"`
	P50          float64        `json:"p50_us"` // INVITE to 180, other requests to their final reply
	P99          float64        `json:"p99_us"`
	P999         float64        `json:"p999_us"`
	Load         float64        `json:"load_average"` // of the machine, before
	Others       float64        `json:"others"`       // processors that others kept busy meanwhile
	latency      []float64      // sorted, in microseconds
	where        map[string]int // samples of each part, with -where
}

// bigMemory is what the incumbent is given; it takes it when it needs it.
const bigMemory = 2048

// run starts a server, warms it up for a second and measures it.
func (b *bench) run(command string, t task) (figure, error) {
	s, err := start(command, b.script, bigMemory)
	if err != nil {
		return figure{}, err
	}
	defer s.stop()
	l, err := b.prepare(s, t)
	if err != nil {
		return figure{}, err
	}
	defer l.Callee.Close()
	return b.measure(s, l)
}

// prepare registers the users, opens the callee and gives the load for a task.
func (b *bench) prepare(s *server, t task) (traffic.Load, error) {
	port, err := freeport.Take()
	if err != nil {
		return traffic.Load{}, err
	}
	callee, err := traffic.Listen(t.Transport, port)
	if err != nil {
		return traffic.Load{}, err
	}
	if t.callee() {
		if err := traffic.Fill(s.address, 0, t.Users, t.Branches, callee, t.Transport); err != nil {
			_ = callee.Close()
			return traffic.Load{}, err
		}
	}
	return traffic.Load{
		Case: t.Case, Transport: t.Transport, Server: s.address, Callee: callee,
		Rate: t.Rate, Users: t.Users, Connections: b.connections, Gather: b.gather,
	}, nil
}

// measure offers a second of load unmeasured and then the load itself.
func (b *bench) measure(s *server, l traffic.Load) (figure, error) {
	l.Count = l.Rate
	if _, err := traffic.Offer(l); err != nil {
		return figure{}, err
	}
	l.Count = int(float64(l.Rate) * b.seconds)
	if !b.where && b.tree == nil {
		return account(s, l)
	}
	frequency := 1999
	if b.tree != nil { // functions that run seldom count too
		frequency = 14999
	}
	r, err := record(s.pid(), s.dir, frequency)
	if err != nil {
		return figure{}, err
	}
	f, err := account(s, l)
	if err != nil {
		return f, err
	}
	f.where, err = r.end(b.tree)
	return f, err
}

// account offers a load and reads the accounts before and after it.
func account(s *server, l traffic.Load) (figure, error) {
	f := figure{Load: loadAverage()}
	at, machine, server, own := time.Now(), machineTime(), processorTime(s.pid()), processorTime(os.Getpid())
	r, err := traffic.Offer(l)
	if err != nil {
		return figure{}, err
	}
	used := processorTime(s.pid()) - server
	others := machineTime() - machine - used - (processorTime(os.Getpid()) - own)
	f.Others = max(0, others.Seconds()/time.Since(at).Seconds())
	f.MiB = memory(s.pid())
	f.fill(r, used)
	return f, nil
}

func (f *figure) fill(r traffic.Result, used time.Duration) {
	f.Offered, f.Lost, f.Refused, f.Resent = r.Offered, r.Lost, r.Refused, r.Resent
	f.Microseconds = microseconds(used) / float64(max(1, r.Offered))
	for _, l := range r.Latency {
		f.latency = append(f.latency, microseconds(l))
	}
	slices.Sort(f.latency)
	f.P50, f.P99, f.P999 = quantile(f.latency, 0.5), quantile(f.latency, 0.99), quantile(f.latency, 0.999)
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// quantile is the value of a sorted list that a share of its values does not exceed.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// median is the middle value of some, of an even number the mean of both.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (t task) String() string {
	return strings.TrimSpace(fmt.Sprintf("%-8s %s %5d/s", t.Case, t.Transport, t.Rate))
}
