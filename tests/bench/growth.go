package main

import (
	"fmt"

	"github.com/moonroute/moonroute/tests/bench/traffic"
)

// growth is a number that the cost of a call is followed over.
type growth struct {
	name   string
	steps  []int
	of     func(step int) task
	shared func(step int) int // what the cost is divided by
}

const (
	callRate   = 1000
	branchRate = 250 // calls a second: with 8 branches as many messages as the others offer
)

var growths = []growth{
	{"rates", []int{100, 500, 1000, 2000, 4000}, func(n int) task { return call(n, 1, 1) }, one},
	{"users", []int{1_000, 10_000, 100_000, 1_000_000}, func(n int) task { return call(callRate, n, 1) }, one},
	{"branches", []int{1, 2, 4, 8}, func(n int) task { return call(branchRate, 1, n) }, func(n int) int { return n }},
}

func one(int) int { return 1 }

func call(rate, users, branches int) task {
	return task{Case: traffic.Call, Transport: "udp", Rate: rate, Users: users, Branches: branches}
}

// grown is the cost of a call at each step.
type grown struct {
	Over  string      `json:"over"`
	Steps []grownStep `json:"steps"`
}

type grownStep struct {
	Step    int      `json:"step"`
	CPU     float64  `json:"cpu_us"` // median of the rounds, for one call, or one branch of it
	Figures []figure `json:"figures"`
}

// grow measures our server at each step, all steps in each round.
func (b *bench) grow(g growth) (grown, error) {
	r := grown{Over: g.name}
	for _, n := range g.steps {
		r.Steps = append(r.Steps, grownStep{Step: n})
	}
	for round := range b.rounds {
		for i := range r.Steps {
			s := &r.Steps[i]
			f, err := b.run(b.server, g.of(s.Step))
			if err != nil {
				return r, fmt.Errorf("%s %d: %w", g.name, s.Step, err)
			}
			s.Figures = append(s.Figures, f)
			fmt.Fprintf(b.out, "%-8s %7d  round %d  %6.1f us each, lost %d (refused %d), %d MiB, load %.1f, others %.2f\n",
				g.name, s.Step, round+1, f.Microseconds/float64(g.shared(s.Step)), f.Lost, f.Refused, f.MiB, f.Load, f.Others)
		}
	}
	for i := range r.Steps {
		s := &r.Steps[i]
		all := side{Figures: s.Figures}
		s.CPU = all.middle(func(f figure) float64 { return f.Microseconds }) / float64(g.shared(s.Step))
	}
	return r, nil
}
