package regex

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/moonroute/moonroute/core/pcre"
)

// limits are the bounds of a file.
type limits struct{ groups, size int }

// group is a group of expressions as the file has it.
type group struct {
	lines []line
	size  int
}

// line is an expression and its line number.
type line struct {
	number int
	text   string
}

// loadGroups reads a file of groups: [0] begins the first one, [1] the next; each line is an expression, and lines that
// begin with a blank or # do not count. Groups are numbered in their order, whatever stands in the brackets.
func loadGroups(file string, most limits, f pcre.Flags) ([]*pcre.Regexp, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	groups, err := parseGroups(string(data), most)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	var list []*pcre.Regexp
	for _, g := range groups {
		re, err := g.compile(f)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", file, err)
		}
		list = append(list, re)
	}
	return list, nil
}

func parseGroups(text string, most limits) ([]*group, error) {
	var groups []*group
	number := 0
	for l := range strings.Lines(text) {
		number++
		if strings.IndexByte("# \t\r\n\v\f", l[0]) >= 0 {
			continue
		}
		if l[0] == '[' {
			groups = append(groups, new(group))
		}
		if len(groups) == 0 {
			return nil, fmt.Errorf("%d: an expression before the first group; a line [0] begins it", number)
		}
		if len(groups) > most.groups {
			return nil, fmt.Errorf("%d: more than %d groups; see the parameter max_groups", number, most.groups)
		}
		if l[0] == '[' {
			continue
		}
		if !groups[len(groups)-1].add(line{number, strings.TrimSuffix(l, "\n")}, most.size) {
			return nil, fmt.Errorf("%d: the group has more than %d bytes; see the parameter group_max_size", number, most.size)
		}
	}
	if len(groups) == 0 {
		return nil, errors.New("1: there are no groups; a line [0] begins the first one")
	}
	return groups, nil
}

// add takes in a line if it fits. A line needs three bytes more in the whole expression.
func (g *group) add(l line, most int) bool {
	if g.size+len(l.text) >= most-5 {
		return false
	}
	g.lines = append(g.lines, l)
	g.size += len(l.text) + 3
	return true
}

// compile makes one expression of the lines. A group without lines matches the empty text only.
func (g *group) compile(f pcre.Flags) (*pcre.Regexp, error) {
	if len(g.lines) == 0 {
		return pcre.Compile("^$", f)
	}
	whole := make([]string, len(g.lines))
	for i, l := range g.lines {
		whole[i] = "(" + l.text + ")"
	}
	re, err := pcre.Compile("("+strings.Join(whole, "|")+")", f)
	if err != nil {
		return nil, g.blame(err, f)
	}
	return re, nil
}

// blame finds the line that an error of the whole expression is about: the first one that is wrong on its own.
func (g *group) blame(err error, f pcre.Flags) error {
	for _, l := range g.lines {
		if _, own := pcre.Compile(l.text, f); own != nil {
			return fmt.Errorf("%d: %w", l.number, own)
		}
	}
	return fmt.Errorf("%d: the group as a whole: %w", g.lines[0].number, err)
}
