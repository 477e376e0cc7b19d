package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// console is how a command answers: tables for people on a terminal, lines with tabs for
// other programs, and JSON for those who ask for it.
type console struct {
	io.Writer
	in       io.Reader
	json     bool
	terminal bool
	colour   bool
}

// consoleOf is the console of a command that has a flag json.
func consoleOf(cmd *cobra.Command) *console {
	o := &console{Writer: cmd.OutOrStdout(), in: cmd.InOrStdin()}
	o.json, _ = cmd.Flags().GetBool("json") // a command without the flag has none to ask for
	if file, ok := o.Writer.(*os.File); ok {
		o.terminal = isTerminal(file)
	}
	o.colour = o.terminal && os.Getenv("NO_COLOR") == ""
	return o
}

// bold and green are marks on a terminal.
func (o *console) bold(s string) string  { return o.mark("1", s) }
func (o *console) green(s string) string { return o.mark("32", s) }

func (o *console) mark(code, s string) string {
	if !o.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// value writes a value as JSON.
func (o *console) value(v any) error {
	e := json.NewEncoder(o)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// done tells what a command has done: as JSON the value, or else the sentence.
func (o *console) done(v any, format string, args ...any) error {
	if o.json {
		return o.value(v)
	}
	_, err := fmt.Fprintf(o, format+"\n", args...)
	return err
}

// list writes rows; the header stands above them on a terminal only.
func list[T any](o *console, header []string, rows []T, cells func(T) []string) error {
	if o.json {
		if rows == nil {
			rows = []T{}
		}
		return o.value(rows)
	}
	if !o.terminal {
		return writeRows(o, rows, cells)
	}
	t := tabwriter.NewWriter(o, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.ToUpper(strings.Join(header, "\t")))
	return errors.Join(writeRows(t, rows, cells), t.Flush())
}

func writeRows[T any](w io.Writer, rows []T, cells func(T) []string) error {
	for _, r := range rows {
		row := cells(r)
		for i := range row {
			row[i] = printable(row[i])
		}
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// words are shown with spaces between them, or as a dash.
func words(list []string) string {
	if len(list) == 0 {
		return "-"
	}
	return strings.Join(list, " ")
}

// printable replaces what would end a line, or what a terminal would obey: texts come from the network.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, text)
}
