package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// monitorFlags are the flags of moonroute monitor.
type monitorFlags struct {
	serverFlags
	once     bool
	interval time.Duration
}

func monitorCommand() *cobra.Command {
	var f monitorFlags
	cmd := &cobra.Command{
		Use:   "monitor [--once | --json]",
		Short: "Watch the numbers of a running server",
		Long: "Shows what the server has done and does each second, again and again until it is interrupted.\n" +
			"The numbers are those of the module kex. Where the output is no terminal they are shown once.\n\n" + serverHelp,
		Example: "  moonroute monitor -f kamailio.cfg\n  moonroute monitor --interval 10s\n  moonroute monitor --json       all statistics, for other programs",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return refusal(f.run(cmd.Context(), consoleOf(cmd)))
		},
	}
	set := cmd.Flags()
	f.register(set)
	set.BoolVar(&f.once, "once", false, "show the numbers once")
	set.DurationVar(&f.interval, "interval", 2*time.Second, "`TIME` between two looks")
	set.Bool("json", false, "all statistics once, as JSON")
	return cmd
}

// sample is one look at a server.
type sample struct {
	Version    string           `json:"version"`
	Since      string           `json:"up_since"`
	Uptime     int64            `json:"uptime"` // seconds
	Statistics map[string]int64 `json:"statistics"`

	at time.Time
}

func (f *monitorFlags) run(ctx context.Context, o *console) error {
	if f.interval <= 0 {
		return fmt.Errorf("--interval %v: give a time such as 2s", f.interval)
	}
	last, err := f.look(ctx)
	if err != nil {
		return err
	}
	if o.json {
		return o.value(last)
	}
	if f.once || !o.terminal {
		return last.write(o, nil)
	}
	for before := (*sample)(nil); ; {
		fmt.Fprint(o, "\x1b[H\x1b[2J") // the top left corner of an empty screen
		if err := last.write(o, before); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(f.interval):
		}
		before = last
		if last, err = f.look(ctx); err != nil {
			return err
		}
	}
}

func (f *monitorFlags) look(ctx context.Context) (*sample, error) {
	s := &sample{Statistics: map[string]int64{}, at: time.Now()}
	version, err := f.ask(ctx, "core.version")
	if err != nil {
		return nil, err
	}
	if len(version) > 0 {
		s.Version = fmt.Sprint(version[0])
	}
	up, err := f.ask(ctx, "core.uptime")
	if err != nil {
		return nil, err
	}
	if len(up) > 0 {
		s.Since = text(up[0], "up_since")
		s.Uptime, _ = strconv.ParseInt(text(up[0], "uptime"), 10, 64)
	}
	lines, err := f.ask(ctx, "stats.get_statistics", "all")
	for _, line := range lines { // group:name = value
		name, value, _ := strings.Cut(fmt.Sprint(line), " = ")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			s.Statistics[name] = n
		}
	}
	return s, err
}

// figure is one number of the monitor.
type figure struct {
	label, statistic string
	level            bool // goes up and down: a rate means nothing
}

// section is a line of figures.
type section struct {
	title   string
	figures []figure
}

var sections = []section{
	{"Requests", []figure{
		{label: "received", statistic: "core:rcv_requests"}, {label: "forwarded", statistic: "core:fwd_requests"}, {label: "dropped", statistic: "core:drop_requests"},
		{label: "INVITE", statistic: "core:rcv_requests_invite"}, {label: "REGISTER", statistic: "core:rcv_requests_register"}, {label: "MESSAGE", statistic: "core:rcv_requests_message"},
	}},
	{"Replies", []figure{
		{label: "received", statistic: "core:rcv_replies"}, {label: "forwarded", statistic: "core:fwd_replies"}, {label: "dropped", statistic: "core:drop_replies"},
	}},
	{"Transactions", []figure{
		{label: "active", statistic: "tmx:active_transactions", level: true}, {label: "in use", statistic: "tmx:inuse_transactions", level: true},
		{label: "as server", statistic: "tmx:UAS_transactions"}, {label: "as client", statistic: "tmx:UAC_transactions"},
		{label: "2xx", statistic: "tmx:2xx_transactions"}, {label: "3xx", statistic: "tmx:3xx_transactions"}, {label: "4xx", statistic: "tmx:4xx_transactions"},
		{label: "5xx", statistic: "tmx:5xx_transactions"}, {label: "6xx", statistic: "tmx:6xx_transactions"},
	}},
	{"Stateless replies", []figure{
		{label: "sent", statistic: "sl:sent_replies"}, {label: "200", statistic: "sl:200_replies"}, {label: "202", statistic: "sl:202_replies"},
		{label: "302", statistic: "sl:302_replies"}, {label: "401", statistic: "sl:401_replies"}, {label: "403", statistic: "sl:403_replies"},
		{label: "404", statistic: "sl:404_replies"}, {label: "407", statistic: "sl:407_replies"}, {label: "408", statistic: "sl:408_replies"},
		{label: "other 4xx", statistic: "sl:4xx_replies"}, {label: "500", statistic: "sl:500_replies"}, {label: "other 5xx", statistic: "sl:5xx_replies"},
	}},
	{"Registrations", []figure{
		{label: "accepted", statistic: "registrar:accepted_regs"}, {label: "rejected", statistic: "registrar:rejected_regs"},
		{label: "users", statistic: "usrloc:registered_users", level: true},
	}},
	{"Memory", []figure{{label: "bytes used", statistic: "shmem:used_size", level: true}, {label: "largest", statistic: "shmem:max_used_size", level: true}}},
}

// write shows the sample, with rates where there is an earlier one.
func (s *sample) write(o *console, before *sample) error {
	up := time.Duration(s.Uptime) * time.Second
	fmt.Fprintf(o, "%s\nup %v, since %s\n", o.bold(s.Version), up, s.Since)
	for _, sec := range append(sections, s.tables()...) {
		cells := s.cells(sec, before)
		if len(cells) == 0 {
			continue // its module is not loaded
		}
		fmt.Fprintf(o, "\n%s\n", o.bold(sec.title))
		for row := range slices.Chunk(cells, perRow) {
			fmt.Fprintln(o, strings.TrimRight("  "+strings.Join(row, ""), " "))
		}
	}
	return nil
}

// perRow figures of this width fit beside each other on a usual terminal.
const (
	perRow     = 3
	labelWidth = 10
	valueWidth = 14
)

func (s *sample) cells(sec section, before *sample) []string {
	var cells []string
	for _, f := range sec.figures {
		value, ok := s.Statistics[f.statistic]
		if !ok {
			continue
		}
		text := strconv.FormatInt(value, 10)
		if before != nil && !f.level && value != before.Statistics[f.statistic] {
			text += fmt.Sprintf(" %.1f/s", float64(value-before.Statistics[f.statistic])/s.at.Sub(before.at).Seconds())
		}
		cells = append(cells, fmt.Sprintf("%-*s %-*s ", labelWidth, f.label, valueWidth, text))
	}
	return cells
}

// tables are the sections of the tables of contacts, whose names are the script's.
func (s *sample) tables() []section {
	var found []section
	for name := range s.Statistics {
		if table, ok := strings.CutSuffix(strings.TrimPrefix(name, "usrloc:"), "_contacts"); ok && strings.HasPrefix(name, "usrloc:") {
			prefix := "usrloc:" + table
			found = append(found, section{"Contacts in " + table, []figure{
				{label: "users", statistic: prefix + "_users", level: true}, {label: "contacts", statistic: name, level: true}, {label: "expired", statistic: prefix + "_expires"},
			}})
		}
	}
	slices.SortFunc(found, func(a, b section) int { return strings.Compare(a.title, b.title) })
	return found
}
