package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Step is one line of the steps with the indented lines below it.
type Step struct {
	Line   string
	Peer   string   // who sends or receives; empty for wait, quiet and rpc
	Verb   string   // ">", "<", "wait", "quiet", "rpc"
	TCP    bool     // sends over TCP
	Args   []string // the words that follow
	Lines  []string // headers of a message to send
	Length time.Duration
}

// parseSteps reads the section of steps.
func parseSteps(text string) ([]Step, error) {
	var steps []Step
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || trimmed[0] == '#':
		case line[0] == ' ' && len(steps) > 0:
			last := &steps[len(steps)-1]
			last.Lines = append(last.Lines, trimmed)
		default:
			s, err := parseStep(line)
			if err != nil {
				return nil, err
			}
			steps = append(steps, s)
		}
	}
	return steps, nil
}

func parseStep(line string) (Step, error) {
	words, err := splitWords(line)
	if err != nil {
		return Step{}, fmt.Errorf("step %q: %w", line, err)
	}
	s := Step{Line: line, Verb: words[0], Args: words[1:]}
	switch s.Verb {
	case "wait", "quiet":
		s.Length, err = time.ParseDuration(strings.Join(s.Args, ""))
	case "rpc":
	default:
		if len(words) < 3 || words[1] != ">" && words[1] != "<" {
			return s, fmt.Errorf("step %q is neither wait, quiet, rpc nor \"peer > message\" or \"peer < message\"", line)
		}
		s.Peer, s.TCP = strings.CutSuffix(words[0], "/tcp")
		s.Verb, s.Args = words[1], words[2:]
	}
	return s, err
}

// splitWords splits at blanks; a word in double quotes is a Go string.
func splitWords(line string) ([]string, error) {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if line[0] != '"' {
			word, rest, _ := strings.Cut(line, " ")
			words, line = append(words, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, err
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, err
		}
		words, line = append(words, word), line[len(quoted):]
	}
	return words, nil
}
