package luatest

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Printer writes results for people, as they come.
type Printer struct {
	W       io.Writer
	Colour  bool
	Verbose bool // passed cases too, one line each
	file    string
}

const (
	red, green, yellow, grey = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[90m"
	plain                    = "\x1b[0m"
)

func (p *Printer) paint(colour, text string) string {
	if !p.Colour {
		return text
	}
	return colour + text + plain
}

// Each writes one result.
func (p *Printer) Each(x *Result) {
	if x.File != p.file {
		p.file = x.File
		fmt.Fprintln(p.W, x.File)
	}
	switch x.Outcome {
	case Passed:
		if p.Verbose {
			fmt.Fprintf(p.W, "  %s %s %s\n", p.paint(green, "ok  "), x.Name, p.paint(grey, "("+rounded(x.Duration)+")"))
		}
	case Skipped:
		fmt.Fprintf(p.W, "  %s %s: %s\n", p.paint(yellow, "skip"), x.Name, x.Reason)
	default:
		fmt.Fprintf(p.W, "  %s %s\n", p.paint(red, "FAIL"), x.Name)
		where := x.Where
		if where != "" {
			where += ": "
		}
		fmt.Fprintf(p.W, "       %s%s\n", where, p.paint(red, x.Reason))
		fmt.Fprint(p.W, p.painted(indented(x.Detail, "       ")))
	}
}

// painted colours the lines of a comparison that differ.
func (p *Printer) painted(detail string) string {
	if !p.Colour {
		return detail
	}
	list := strings.Split(detail, "\n")
	for i, line := range list {
		switch text := strings.TrimPrefix(line, "       "); {
		case strings.HasPrefix(text, "> "):
			list[i] = red + line + plain
		case strings.HasPrefix(text, "~ "):
			list[i] = yellow + line + plain
		}
	}
	return strings.Join(list, "\n")
}

// End writes the sum of all.
func (p *Printer) End(r *Report) {
	text := fmt.Sprintf("%d passed", r.Count(Passed))
	colour := green
	if n := r.Count(Failed); n > 0 {
		text, colour = text+fmt.Sprintf(", %d failed", n), red
	}
	if n := r.Count(Skipped); n > 0 {
		text += fmt.Sprintf(", %d left out", n)
	}
	fmt.Fprintf(p.W, "%s in %s, seed %d\n", p.paint(colour, text), rounded(r.Duration), r.Seed)
}

func rounded(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
