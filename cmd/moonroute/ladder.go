package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/moonroute/moonroute/core/rpc"
)

// columnWidth is the distance of two columns of a ladder.
const columnWidth = 30

// ladder draws the messages of calls as arrows between columns: the first peer, the server, and the other
// peers in the order in which they turn up.
type ladder struct {
	o     *console
	peers []string
	call  string // of the last event
	lost  string // how many events the server has told to be lost
}

func newLadder(o *console) *ladder { return &ladder{o: o} }

const serverColumn = 1

// column is where a peer stands; a new one gets the next place.
func (l *ladder) column(peer string) int {
	at := slices.Index(l.peers, peer)
	if at < 0 {
		at = len(l.peers)
		l.peers = append(l.peers, peer)
		l.heading()
	}
	if at >= serverColumn {
		return at + 1
	}
	return at
}

// heading names the columns.
func (l *ladder) heading() {
	var line strings.Builder
	for i, p := range slices.Insert(slices.Clone(l.peers), min(serverColumn, len(l.peers)), "moonroute") {
		pad(&line, len("15:04:05.000000 ")+i*columnWidth)
		line.WriteString(p)
	}
	fmt.Fprintf(l.o, "\n%s\n", l.o.bold(line.String()))
}

func (l *ladder) show(e rpc.Value) {
	if lost := text(e, "lost"); lost != "" && lost != "0" && lost != l.lost {
		l.lost = lost
		fmt.Fprintf(l.o, "\n%s events so far came too fast to be kept, and are not shown\n", lost)
	}
	if id := text(e, "callid"); id != l.call {
		l.call = id
		fmt.Fprintf(l.o, "\nCall-ID %s\n", printable(id))
	}
	switch text(e, "kind") {
	case "in", "out":
		l.message(e)
	case "route":
		l.inside(l.o.bold(printable(text(e, "name"))))
	case "function":
		did := fmt.Sprintf("  %s(%s) = %s  %s us  %s", text(e, "name"), text(e, "args"), text(e, "result"), text(e, "took"), text(e, "where"))
		l.inside(printable(did))
	}
}

// inside writes what happens in the server.
func (l *ladder) inside(what string) {
	var line strings.Builder
	pad(&line, len("15:04:05.000000 ")+serverColumn*columnWidth)
	fmt.Fprintf(l.o, "%s│ %s\n", line.String(), what)
}

// message draws one arrow.
func (l *ladder) message(e rpc.Value) {
	peer := l.column(text(e, "remote"))
	left, right := min(peer, serverColumn), max(peer, serverColumn)
	toRight := (text(e, "kind") == "in") == (peer < serverColumn)
	var line strings.Builder
	line.WriteString(clockTime(text(e, "time")))
	pad(&line, len("15:04:05.000000 ")+left*columnWidth)
	line.WriteString(arrow((right-left)*columnWidth-2, toRight, firstLine(text(e, "text"))))
	fmt.Fprintln(l.o, l.o.green(line.String()))
}

// arrow is a line of a width with a label on it.
func arrow(width int, toRight bool, label string) string {
	if longest := width - 6; utf8.RuneCountInString(label) > longest {
		label = string([]rune(label)[:longest-1]) + "…"
	}
	body := "─ " + label + " "
	body += strings.Repeat("─", max(0, width-1-utf8.RuneCountInString(body)))
	if toRight {
		return body + "▶"
	}
	return "◀" + body
}

// firstLine is what a message is: the method and URI, or the code and reason.
func firstLine(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	line = strings.TrimSuffix(printable(strings.TrimSuffix(line, "\r")), " SIP/2.0")
	return strings.TrimPrefix(line, "SIP/2.0 ")
}

func clockTime(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		return rfc3339
	}
	return t.Format("15:04:05.000000")
}

// pad fills a line with blanks up to a column, or with one.
func pad(line *strings.Builder, column int) {
	n := column - utf8.RuneCountInString(line.String())
	line.WriteString(strings.Repeat(" ", max(1, n)))
}

// eventFields are what an event may have, in this order.
var eventFields = []string{"number", "time", "kind", "callid", "lost", "proto", "local", "remote", "text", "name", "args", "result", "took", "where"}

// jsonEvent writes events for other programs, one a line.
func jsonEvent(o *console) func(rpc.Value) {
	enc := json.NewEncoder(o)
	enc.SetEscapeHTML(false)
	return func(e rpc.Value) {
		out := map[string]string{}
		for _, name := range eventFields {
			if v := text(e, name); v != "" {
				out[name] = v
			}
		}
		_ = enc.Encode(out) // a reader that has gone ends the program
	}
}
