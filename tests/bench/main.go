package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/tests/bench/traffic"
)

// bench is what is measured, and how.
type bench struct {
	server, against string
	script          string // "" is the own one
	cases           []traffic.Case
	transports      []string
	growth          []string
	rounds          int
	seconds         float64
	rate            int
	connections     int
	gather          time.Duration
	json            string
	where           bool
	functions       string
	tree            *callTree // if functions are asked for
	out             io.Writer
}

// rates are the operations a second that the cases are offered at.
var rates = map[traffic.Case]int{traffic.Call: 1000, traffic.Message: 2000, traffic.Register: 3000, traffic.Options: 4000}

func main() {
	b, err := parse(os.Args[1:])
	if err == nil {
		// Callers and callee run here: collecting seldom keeps their pauses out of the latencies.
		debug.SetGCPercent(1000)
		err = b.all()
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (*bench, error) {
	b := &bench{out: os.Stdout}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&b.server, "server", "./moonroute", "`command` of the server to measure")
	f.StringVar(&b.against, "against", "", "`command` to compare with; none for nothing (default kamailio, if there is one)")
	f.StringVar(&b.script, "script", "", "Lua `file` that both run (default Debian's basic KEMI script, or a similar one)")
	cases := f.String("cases", "call,message,register,options", "what to measure; none for nothing")
	transports := f.String("transports", "udp,tcp", "over what")
	growth := f.String("growth", "rates,users,branches", "what the cost of a call is followed over; none for nothing")
	f.IntVar(&b.rounds, "rounds", 5, "how often each is measured")
	f.Float64Var(&b.seconds, "seconds", 6, "how long, after one second to warm up")
	f.IntVar(&b.rate, "rate", 0, "operations a second (default: that of the case)")
	f.IntVar(&b.connections, "connections", 8, "connections that callers share over TCP")
	f.DurationVar(&b.gather, "gather", 0, "begin operations of this time together (1ms: as SIPp does); 0 begins them evenly")
	f.BoolVar(&b.where, "where", false, "say where the server's time goes instead, by perf(1); it needs a server with its symbols")
	f.StringVar(&b.functions, "functions", "", "write the functions that the server runs to this `file` instead, for packaging/layout; needs what -where needs")
	f.StringVar(&b.json, "json", "", "`file` for the results")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	for _, name := range list(*cases) {
		b.cases = append(b.cases, traffic.Case(name))
	}
	b.transports, b.growth = list(*transports), list(*growth)
	b.defaults()
	return b, b.check()
}

// list is what stands between commas; none is nothing.
func list(text string) []string {
	if text == "none" {
		return nil
	}
	return strings.Split(text, ",")
}

// defaults look at what is installed.
func (b *bench) defaults() {
	if b.against == "" {
		b.against, _ = exec.LookPath("kamailio")
	}
	if b.against == "none" {
		b.against = ""
	}
	if _, err := os.Stat(debianScript); err == nil && b.script == "" {
		b.script = debianScript
	}
}

func (b *bench) check() error {
	for _, c := range b.cases {
		if rates[c] == 0 {
			return fmt.Errorf("no case %q: there are call, message, register, options", c)
		}
	}
	for _, t := range b.transports {
		if t != "udp" && t != "tcp" {
			return fmt.Errorf("no transport %q: there are udp, tcp", t)
		}
	}
	for _, g := range b.growth {
		if !slices.ContainsFunc(growths, func(x growth) bool { return x.name == g }) {
			return fmt.Errorf("no growth %q: there are rates, users, branches", g)
		}
	}
	if b.rounds < 1 || b.seconds <= 0 {
		return errors.New("at least one round, and more than no time")
	}
	return nil
}

// all measures everything and says what came out.
func (b *bench) all() error {
	r := newReport(b)
	r.head(b.out)
	switch {
	case b.where:
		return b.whereAll()
	case b.functions != "":
		return b.functionsAll()
	}
	for _, t := range b.tasks() {
		c, err := b.compare(t)
		if err != nil {
			return err
		}
		r.Cases = append(r.Cases, c)
	}
	for _, g := range growths {
		if !slices.Contains(b.growth, g.name) {
			continue
		}
		grown, err := b.grow(g)
		if err != nil {
			return err
		}
		r.Growth = append(r.Growth, grown)
	}
	r.table(b.out)
	return r.save(b.json)
}

// tasks are the cases over each transport.
func (b *bench) tasks() []task {
	var tasks []task
	for _, transport := range b.transports {
		for _, c := range b.cases {
			rate := b.rate
			if rate == 0 {
				rate = rates[c]
			}
			tasks = append(tasks, task{Case: c, Transport: transport, Rate: rate, Users: 1, Branches: 1})
		}
	}
	return tasks
}
