package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// report is the file of the results.
type report struct {
	Began   time.Time    `json:"began"`
	Machine string       `json:"machine"`
	Load    float64      `json:"load_average"` // when it began
	Server  string       `json:"server"`
	Against string       `json:"against,omitempty"`
	Script  string       `json:"script"`
	Rounds  int          `json:"rounds"`
	Seconds float64      `json:"seconds"`
	Cases   []comparison `json:"cases"`
	Growth  []grown      `json:"growth"`
}

func newReport(b *bench) *report {
	script := b.script
	if script == "" {
		script = "routes.lua"
	}
	return &report{
		Began: time.Now(), Machine: machine(), Load: loadAverage(),
		Server: b.server, Against: b.against, Script: script, Rounds: b.rounds, Seconds: b.seconds,
	}
}

// machine names the processor, how many there are, and the kernel.
func machine() string {
	model := runtime.GOARCH
	data, _ := os.ReadFile("/proc/cpuinfo")
	if _, rest, ok := strings.Cut(string(data), "model name\t: "); ok {
		model, _, _ = strings.Cut(rest, "\n")
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d processors, Linux %s", model, runtime.NumCPU(), strings.TrimSpace(string(kernel)))
}

// quiet is the load average up to which a machine counts as idle.
const quiet = 0.5

func (r *report) head(w io.Writer) {
	fmt.Fprintf(w, "A: %s\nB: %s\nscript: %s\n%s, load average %.2f\n\n", r.Server, or(r.Against, "nothing"), r.Script, r.Machine, r.Load)
	if r.Load > quiet {
		fmt.Fprintf(w, "Warning: the machine is busy. The ratios will do; single figures and latencies will be too high.\n\n")
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// table says everything once more, in short.
func (r *report) table(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	if len(r.Cases) > 0 {
		fmt.Fprintf(w, "\nProcessor time for one operation, medians of %d rounds; latencies of all rounds together, to the 180 of a call or the final reply.\n", r.Rounds)
		fmt.Fprintln(t, "case\tover\ta second\tserver\tCPU us\tratio\tlost\tMiB\tp50 us\tp99 us\tp99.9 us\tothers\t")
	}
	for _, c := range r.Cases {
		c.rows(t)
	}
	_ = t.Flush()
	for _, g := range r.Growth {
		g.table(w)
	}
}

func (c comparison) rows(w io.Writer) {
	for i, s := range c.Sides {
		ratio := ""
		if i == 0 && len(c.Sides) == 2 {
			ratio = fmt.Sprintf("%.2f", c.Ratio)
		}
		l := s.latencies()
		fmt.Fprintf(w, "%s\t%s\t%d\t%s %s\t%.1f\t%s\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t\n", c.Case, c.Transport, c.Rate, s.Name, s.short(),
			s.middle(func(f figure) float64 { return f.Microseconds }), ratio, s.lost(), s.middle(func(f figure) float64 { return float64(f.MiB) }),
			quantile(l, 0.5), quantile(l, 0.99), quantile(l, 0.999), s.middle(func(f figure) float64 { return f.Others }))
	}
}

func (g grown) table(w io.Writer) {
	fmt.Fprintf(w, "\nCost of a call over %s (of each branch, if over branches); in %% of the first.\n", g.Over)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, g.Over+"\tCPU us\t%\tlost\tMiB\tothers\t")
	for _, s := range g.Steps {
		all := side{Figures: s.Figures}
		fmt.Fprintf(t, "%d\t%.1f\t%.0f\t%d\t%.0f\t%.2f\t\n", s.Step, s.CPU, 100*s.CPU/g.Steps[0].CPU, all.lost(),
			all.middle(func(f figure) float64 { return float64(f.MiB) }), all.middle(func(f figure) float64 { return f.Others }))
	}
	_ = t.Flush()
}

func (r *report) save(path string) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
