package schema

import "strings"

// family is what two types need to have in common to hold the same values.
type family int

const (
	words family = iota
	numbers
	times
)

func (t Type) family() family {
	switch t {
	case datetime:
		return times
	case text, mediumText, blob, mediumBlob, variable:
		return words
	}
	return numbers
}

// zero is a value of the family, as an SQL literal.
func (f family) zero() string { return [...]string{"''", "0", "'2000-01-01 00:00:01'"}[f] }

func (f family) String() string { return [...]string{"text", "numbers", "times"}[f] }

// familyOf looks at the name of a type as a database tells it.
func familyOf(name string) family {
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "char"), strings.Contains(name, "text"), strings.Contains(name, "blob"), strings.Contains(name, "binary"), name == "":
		return words
	case strings.Contains(name, "date"), strings.Contains(name, "time"):
		return times
	}
	return numbers
}
