package config

import "strconv"

// Kind tells an integer value from a string.
type Kind uint8

// The kinds of a value. The words yes, no, on, off, true, false, enable and disable are integers.
const (
	Int Kind = iota
	Str
)

// Value is what stands behind a parameter's name.
type Value struct {
	Kind Kind
	Int  int64
	Str  string
}

// String is the value as text, without quotes.
func (v Value) String() string {
	if v.Kind == Int {
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Str
}

// Setting is a global parameter: name = value, or group.name = value desc "text".
type Setting struct {
	Name     string // canonical: rev_dns for a file that says dns_rev_via
	Written  string // as the file spells it
	Value    Value
	Desc     string
	Pos      Pos
	ValuePos Pos
}

// Lookup finds the last assignment of a global parameter, by any of its names.
func (c *Config) Lookup(name string) (s Setting, ok bool) {
	if p, known := findParam(name); known {
		name = p.name
	}
	for i := len(c.Globals) - 1; i >= 0; i-- {
		if c.Globals[i].Name == name {
			return c.Globals[i], true
		}
	}
	return Setting{}, false
}

// Int is a parameter's number, or def if it is not set or not a number.
func (c *Config) Int(name string, def int64) int64 {
	s, ok := c.Lookup(name)
	if !ok || s.Value.Kind != Int {
		return def
	}
	return s.Value.Int
}

// Str is a parameter's string, or def if it is not set or not a string.
func (c *Config) Str(name, def string) string {
	s, ok := c.Lookup(name)
	if !ok || s.Value.Kind != Str {
		return def
	}
	return s.Value.Str
}

// Bool tells whether a parameter is set to something other than 0, or def if it is not set.
func (c *Config) Bool(name string, def bool) bool {
	s, ok := c.Lookup(name)
	if !ok || s.Value.Kind != Int {
		return def
	}
	return s.Value.Int != 0
}
