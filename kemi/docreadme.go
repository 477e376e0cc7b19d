package kemi

import (
	"fmt"
	"strings"
)

// The generated part of a README stands between these lines.
const (
	readmeBegin = "<!-- begin: made by moonroute api --readme, do not edit -->"
	readmeEnd   = "<!-- end -->"
)

// Readme is a module's README: the hand-written text of the present one, if there is any,
// around tables that are made anew.
func (d *ModuleDoc) Readme(present string) string {
	generated := readmeBegin + "\n\n" + d.Reference() + readmeEnd
	before, rest, begun := strings.Cut(present, readmeBegin)
	_, after, ended := strings.Cut(rest, readmeEnd)
	if begun && ended {
		return before + generated + after
	}
	if present == "" {
		present = fmt.Sprintf("# %s\n\n%s\n", d.Name, d.Doc)
	}
	return strings.TrimRight(present, "\n") + "\n\n" + generated + "\n"
}

// Reference is the generated part: one table for each kind of thing that the module has.
func (d *ModuleDoc) Reference() string {
	var b strings.Builder
	d.writeParams(&b)
	d.writeFuncs(&b)
	writeNames(&b, "RPC commands", "Command", d.RPC)
	d.writeVars(&b)
	writeNames(&b, "Statistics", "Statistic", d.Stats)
	d.writeEvents(&b)
	return b.String()
}

// table writes a section with a Markdown table; without rows there is none.
func table(b *strings.Builder, title string, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "## %s\n\n", title)
	writeRow(b, head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		writeRow(b, row)
	}
	b.WriteByte('\n')
}

func writeRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + strings.NewReplacer("|", `\|`, "\n", " ").Replace(c) + " ")
	}
	b.WriteString("|\n")
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func (d *ModuleDoc) writeParams(b *strings.Builder) {
	var rows [][]string
	for _, p := range d.Params {
		doc := p.Doc
		if p.Live {
			doc += " (cfg.set changes it)"
		}
		rows = append(rows, []string{code(p.Name), p.Kind, p.shownDefault(), doc})
	}
	table(b, "Parameters", []string{"Name", "Kind", "Default", "Meaning"}, rows)
}

// shownDefault is the default as code; one that is a phrase stays as it is.
func (p *ParamDoc) shownDefault() string {
	if strings.Contains(p.Default, " ") && p.Default[0] != '"' {
		return p.Default
	}
	return code(p.Default)
}

func (d *ModuleDoc) writeFuncs(b *strings.Builder) {
	var rows [][]string
	for i := range d.Funcs {
		f := &d.Funcs[i]
		doc := f.Doc
		if f.Waits {
			doc += " (may wait; other calls go on meanwhile)"
		}
		rows = append(rows, []string{code(f.typed()), f.Returns, f.Routes, doc})
	}
	table(b, "Functions", []string{"Function", "Returns", "Routes", "Meaning"}, rows)
}

// typed is the signature with the kinds of the arguments.
func (f *FuncDoc) typed() string {
	args := make([]string, len(f.Args))
	for i, a := range f.Args {
		args[i] = a.Name + " " + a.Kind
	}
	return f.Full() + "(" + strings.Join(args, ", ") + ")"
}

func writeNames(b *strings.Builder, title, what string, list []NameDoc) {
	var rows [][]string
	for _, n := range list {
		rows = append(rows, []string{code(n.Name), n.Doc})
	}
	table(b, title, []string{what, "Meaning"}, rows)
}

func (d *ModuleDoc) writeVars(b *strings.Builder) {
	var rows [][]string
	for _, v := range d.Vars {
		access := "read"
		if v.Writable {
			access = "read, write"
		}
		rows = append(rows, []string{code(v.Name), access, v.Doc})
	}
	table(b, "Pseudo-variables", []string{"Variable", "Access", "Meaning"}, rows)
	rows = nil
	for _, t := range d.Transformations {
		rows = append(rows, []string{code(t.Name), t.Doc})
	}
	table(b, "Transformations", []string{"Transformation", "Meaning"}, rows)
}

func (d *ModuleDoc) writeEvents(b *strings.Builder) {
	var rows [][]string
	for _, e := range d.Events {
		rows = append(rows, []string{code(e.Name), code(e.Param), code(e.Default), e.Doc})
	}
	table(b, "Events", []string{"Event", "Parameter with the function", "Default function", "Meaning"}, rows)
}
