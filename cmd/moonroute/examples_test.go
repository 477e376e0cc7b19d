package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamplesAreCommands reads every example of the help and the READMEs as its command would.
func TestExamplesAreCommands(t *testing.T) {
	lines := exampleLines(rootCommand())
	for _, file := range []string{"README.md", "../../README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
				lines = append(lines, command)
			}
		}
	}
	if len(lines) < 60 {
		t.Errorf("only %d examples were found", len(lines))
	}
	for _, line := range lines {
		_, after, piped := strings.Cut(line, "| ")
		if piped {
			line = after
		}
		command, ok := strings.CutPrefix(line, "moonroute ")
		if !ok {
			continue // another program
		}
		if err := understood(shellWords(command)); err != nil {
			t.Errorf("moonroute %s: %v", command, err)
		}
	}
}

// exampleLines are the lines of the help of a command and of those below it.
func exampleLines(c *cobra.Command) []string {
	var lines []string
	for line := range strings.Lines(c.Example) {
		lines = append(lines, strings.TrimSpace(line))
	}
	for _, sub := range c.Commands() {
		lines = append(lines, exampleLines(sub)...)
	}
	return lines
}

// shellWords are the arguments of a line: without quotes, and up to a comment.
func shellWords(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, "  ") // in the help the comment stands apart
	line, _, _ = strings.Cut(line, " >")
	args := strings.Fields(line)
	for i := range args {
		args[i] = strings.Trim(args[i], "'")
	}
	return args
}

func understood(args []string) error {
	cmd, rest, err := rootCommand().Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
