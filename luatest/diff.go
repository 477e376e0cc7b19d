package luatest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// columns bound the width of a comparison.
const (
	minColumn = 24
	maxColumn = 58
)

// sideBySide shows two texts line by line beside each other. The first difference is marked
// with ">" at the line and "^" below the character.
func sideBySide(expected, actual string) string {
	left, right := aligned(lines(expected), lines(actual))
	width := column(left)
	var b strings.Builder
	b.WriteString("  " + pad("expected", width) + " | actual\n")
	marked := false
	for i := range left {
		same := fits(left[i], right[i])
		mark := "  "
		if !same {
			mark = "~ "
		}
		if !same && !marked {
			mark = "> "
		}
		b.WriteString(mark + pad(left[i], width) + " | " + cut(right[i], maxColumn+20) + "\n")
		if !same && !marked {
			marked = true
			b.WriteString(caret(left[i], right[i], width))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// caret points at the first character that differs.
func caret(left, right string, width int) string {
	at := 0
	for at < len(left) && at < len(right) && left[at] == right[at] && left[at] != '*' {
		at++
	}
	at = utf8.RuneCountInString(left[:at])
	if at >= maxColumn {
		return ""
	}
	return "  " + pad(strings.Repeat(" ", at)+"^", width) + " | " + strings.Repeat(" ", at) + "^\n"
}

func lines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func column(list []string) int {
	width := minColumn
	for _, line := range list {
		width = max(width, utf8.RuneCountInString(line))
	}
	return min(width, maxColumn)
}

func pad(text string, width int) string {
	text = cut(text, width)
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width-1]) + "…"
}

// maxAligned bounds the texts that are aligned; longer ones are shown as they are.
const maxAligned = 1000

// aligned puts empty lines into both lists, so that lines which fit stand beside each other.
func aligned(expected, actual []string) (left, right []string) {
	if len(expected) > maxAligned || len(actual) > maxAligned {
		n := max(len(expected), len(actual))
		return append(slices.Clone(expected), make([]string, n-len(expected))...), append(slices.Clone(actual), make([]string, n-len(actual))...)
	}
	common := commonLengths(expected, actual)
	for i, j := 0, 0; i < len(expected) || j < len(actual); {
		switch {
		case i < len(expected) && j < len(actual) && fits(expected[i], actual[j]):
			left, right = append(left, expected[i]), append(right, actual[j])
			i, j = i+1, j+1
		case i < len(expected) && j < len(actual) && common[i+1][j+1] == common[i][j]:
			left, right = append(left, expected[i]), append(right, actual[j]) // neither fits anywhere: one stands for the other
			i, j = i+1, j+1
		case j == len(actual) || i < len(expected) && common[i+1][j] >= common[i][j+1]:
			left, right = append(left, expected[i]), append(right, "")
			i++
		default:
			left, right = append(left, ""), append(right, actual[j])
			j++
		}
	}
	return left, right
}

// commonLengths gives for each pair of rests how many lines they have in common, in order.
func commonLengths(a, b []string) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			table[i][j] = max(table[i+1][j], table[i][j+1])
			if fits(a[i], b[j]) {
				table[i][j] = table[i+1][j+1] + 1
			}
		}
	}
	return table
}

// fits tells whether a text is what was expected, where * stands for anything.
func fits(expected, actual string) bool {
	parts := strings.Split(expected, "*")
	if len(parts) == 1 {
		return expected == actual
	}
	rest, ok := strings.CutPrefix(actual, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// fitsAll tells whether all lines of a text do.
func fitsAll(expected, actual string) bool {
	e, a := lines(expected), lines(actual)
	return len(e) == len(a) && !slices.ContainsFunc(indexes(e), func(i int) bool { return !fits(e[i], a[i]) })
}

func indexes(list []string) []int {
	all := make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	return all
}
