package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Case is one file.
type Case struct {
	Name, File string
	About      string
	Config     string // appended to the common configuration
	Script     string
	Own        string   // why the incumbent cannot be asked; the transcript is this server's then
	Differs    []string // lines that are not compared; each with a reason
	Steps      []Step
	Transcript string // as recorded; empty: never

	text string // the file up to the transcript
}

// Sections of a case file. Each begins with a line "-- name --".
const (
	sectionOwn        = "own"
	sectionDiffers    = "differs"
	sectionConfig     = "server.cfg"
	sectionScript     = "routes.lua"
	sectionSteps      = "steps"
	sectionTranscript = "transcript"
)

// Load reads all cases of a folder.
func Load(dir string) ([]*Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, file := range files {
		c, err := load(file)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func load(file string) (*Case, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &Case{Name: strings.TrimSuffix(filepath.Base(file), ".txt"), File: file}
	c.text, c.Transcript, _ = strings.Cut(string(data), marker(sectionTranscript))
	sections := split(c.text)
	c.Differs = differing(sections[sectionDiffers])
	c.Own = sections[sectionOwn]
	c.About, c.Config, c.Script = sections[""], sections[sectionConfig], sections[sectionScript]
	if c.Steps, err = parseSteps(sections[sectionSteps]); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func marker(name string) string { return "-- " + name + " --\n" }

// split gives the sections by name; what stands before the first is "".
func split(text string) map[string]string {
	sections, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if inner, found := strings.CutPrefix(line, "-- "); found && strings.HasSuffix(inner, " --\n") {
			name = strings.TrimSuffix(inner, " --\n")
			continue
		}
		sections[name] += line
	}
	return sections
}

// compared is a transcript without the lines that are known to differ.
func (c *Case) compared(transcript string) string {
	var kept strings.Builder
	for line := range strings.Lines(transcript) {
		if !slices.Contains(c.Differs, strings.TrimSpace(line)) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// differing reads the lines that are not compared, without their reasons.
func differing(section string) []string {
	var list []string
	for line := range strings.Lines(section) {
		text, _, _ := strings.Cut(line, " # ")
		list = append(list, strings.TrimSpace(text))
	}
	return list
}

// Save writes a new transcript into the file.
func (c *Case) Save(transcript string) error {
	return os.WriteFile(c.File, []byte(c.text+marker(sectionTranscript)+transcript), 0o644)
}
