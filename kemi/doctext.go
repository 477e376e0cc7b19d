package kemi

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteFunctions writes one line for each KSR function whose full name contains a text.
func WriteFunctions(w io.Writer, modules []*ModuleDoc, contains string) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "MODULE\tFUNCTION\tRETURNS\tROUTES\tWAITS\tMEANING")
	for _, m := range modules {
		for i := range m.Funcs {
			f := &m.Funcs[i]
			if !strings.Contains(f.Full(), contains) {
				continue
			}
			waits := "no"
			if f.Waits {
				waits = "yes"
			}
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", m.Name, f.typed(), f.Returns, f.Routes, waits, f.Doc)
		}
	}
	return out.Flush()
}

// WriteModules writes one line for each module.
func WriteModules(w io.Writer, modules []*ModuleDoc) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range modules {
		fmt.Fprintf(out, "%s\t%s\n", m.Name, m.Doc)
	}
	return out.Flush()
}

// WriteDocJSON writes everything that the tables say as JSON.
func WriteDocJSON(w io.Writer, modules []*ModuleDoc) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(modules)
}
