package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// side is one server's figures of a task, one a round.
type side struct {
	Name    string   `json:"name"`
	Command string   `json:"command"`
	Figures []figure `json:"figures"`
}

// comparison is a task measured at both servers.
type comparison struct {
	Case      string    `json:"case"`
	Transport string    `json:"transport"`
	Rate      int       `json:"rate"`
	Sides     []side    `json:"servers"`
	Ratios    []float64 `json:"ratios"` // of each round
	Ratio     float64   `json:"ratio"`  // the median
}

// compare measures both servers in turn, round by round.
func (b *bench) compare(t task) (comparison, error) {
	c := comparison{Case: string(t.Case), Transport: t.Transport, Rate: t.Rate, Sides: []side{{Name: "A", Command: b.server}}}
	if b.against != "" {
		c.Sides = append(c.Sides, side{Name: "B", Command: b.against})
	}
	for round := range b.rounds {
		for i := range c.Sides {
			s := &c.Sides[i]
			f, err := b.run(s.Command, t)
			if err != nil {
				return c, fmt.Errorf("%s at %s: %w", t, s.Command, err)
			}
			s.Figures = append(s.Figures, f)
			progress(b.out, t, round, s, f)
		}
		if len(c.Sides) == 2 {
			c.Ratios = append(c.Ratios, c.Sides[0].Figures[round].Microseconds/c.Sides[1].Figures[round].Microseconds)
		}
	}
	c.Ratio = median(c.Ratios)
	return c, nil
}

func progress(w io.Writer, t task, round int, s *side, f figure) {
	fmt.Fprintf(w, "%s  round %d  %s %-10s %6.1f us each, lost %d (refused %d), resent %d, %d MiB, latency %.0f/%.0f/%.0f us, load %.1f, others %.2f\n",
		t, round+1, s.Name, s.short(), f.Microseconds, f.Lost, f.Refused, f.Resent, f.MiB, f.P50, f.P99, f.P999, f.Load, f.Others)
}

// short is the name of the program.
func (s side) short() string {
	for word := range strings.FieldsSeq(s.Command) {
		if !strings.Contains(word, "=") && word != "env" {
			return filepath.Base(word)
		}
	}
	return s.Command
}

// middle is the median of one value over all rounds.
func (s side) middle(value func(figure) float64) float64 {
	var all []float64
	for _, f := range s.Figures {
		all = append(all, value(f))
	}
	return median(all)
}

func (s side) lost() int {
	n := 0
	for _, f := range s.Figures {
		n += f.Lost
	}
	return n
}

// latencies are those of all rounds together, sorted.
func (s side) latencies() []float64 {
	var all []float64
	for _, f := range s.Figures {
		all = append(all, f.latency...)
	}
	slices.Sort(all)
	return all
}
