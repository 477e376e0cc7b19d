package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

func checkCommand() *cobra.Command {
	var f flags
	asJSON := false
	cmd := &cobra.Command{
		Use:   "check [-f FILE | SCRIPT.lua]",
		Short: "Check a configuration and its script without running them",
		Long: "check reads the configuration, the scripts and the files that they require, and tells of what is surely\n" +
			"wrong: names that do not exist, arguments that do not fit, functions that are named and not defined,\n" +
			"functions in a route where they cannot work. Warnings may be meant so, and leave the exit code 0.",
		Example: "  moonroute check -f kamailio.cfg\n  moonroute check routes.lua\n  moonroute check -f kamailio.cfg --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.script = args[0]
			}
			findings, err := f.findings()
			if asJSON {
				return reportJSON(cmd.OutOrStdout(), findings, err)
			}
			if err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), findings)
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what was found as a JSON object, for programs")
	return cmd
}

// findings reads everything that a start reads, and the scripts more closely than a start does.
func (f *flags) findings() ([]kemi.Finding, error) {
	cfg, err := f.load()
	if err != nil {
		return nil, err
	}
	return check(cfg)
}

func check(cfg *config.Config) ([]kemi.Finding, error) {
	server, err := kemi.New(options(cfg, log.New(os.Stderr, log.Warn, isTerminal(os.Stderr))))
	if err != nil {
		return nil, err
	}
	return server.CheckScripts(), nil
}

// report writes the findings as text. The error counts those that are no warnings.
func report(out io.Writer, findings []kemi.Finding) error {
	wrong := 0
	for i := range findings {
		fmt.Fprintln(out, findings[i].String())
		if !findings[i].Warning {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("mistakes in the script: %d, see above", wrong)
	}
	fmt.Fprintln(out, "configuration and script are right")
	return nil
}

// mistake is a finding for programs.
type mistake struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"` // "error" or "warning"
	Check    string `json:"check"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Text     string `json:"text,omitempty"`
}

// errMistakes is the outcome of a check whose findings have been written already.
var errMistakes = errors.New("there are mistakes")

// reportJSON writes the findings, or what is wrong with the configuration, as one object.
func reportJSON(out io.Writer, findings []kemi.Finding, err error) error {
	list, wrong := []mistake{}, err != nil
	for i := range findings {
		m := fromFinding(&findings[i])
		list = append(list, m)
		wrong = wrong || m.Severity == "error"
	}
	list = append(list, fromError(err)...)
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"ok": !wrong, "findings": list}); err != nil {
		return err
	}
	if wrong {
		return errMistakes
	}
	return nil
}

func fromFinding(f *kemi.Finding) mistake {
	severity := "error"
	if f.Warning {
		severity = "warning"
	}
	return mistake{f.File, f.Line, f.Column, severity, f.Check, f.Message, f.Hint, f.Text}
}

// fromError gives the places of a configuration's errors.
func fromError(err error) []mistake {
	if err == nil {
		return nil
	}
	var places config.Errors
	if !errors.As(err, &places) {
		return []mistake{{Severity: "error", Check: "config", Message: err.Error()}}
	}
	var list []mistake
	for _, d := range places {
		list = append(list, mistake{d.File, d.Line, d.Column, "error", "config", d.Message, d.Hint, d.Text})
	}
	return list
}
