package sip

// Param is one parameter of a header value or URI.
type Param struct {
	Name     string
	Value    string // without its quotes if it was quoted; escapes stay as they were written
	HasValue bool   // an equals sign followed the name
	Quoted   bool
}

// Params walks over a list of parameters and allocates nothing:
//
//	for p := sip.ParseParams(";lr;r2=on"); p.Next(); {
//		use(p.Name, p.Value)
//	}
type Params struct {
	Param // the present one, after Next returned true
	rest  string
	sep   byte
}

// ParseParams walks over name=value pairs that semicolons separate. A leading semicolon is optional.
func ParseParams(s string) Params { return Params{rest: s, sep: ';'} }

// ParseURIHeaders walks over the name=value pairs after the question mark of a URI.
func ParseURIHeaders(s string) Params { return Params{rest: s, sep: '&'} }

// ParseCommaParams walks over name=value pairs that commas separate, as in digest credentials.
func ParseCommaParams(s string) Params { return Params{rest: s, sep: ','} }

// Next steps to the next parameter and reports whether there is one. Empty parameters are left out.
func (p *Params) Next() bool {
	p.Param, p.rest = cutParam(p.rest, p.sep)
	return p.Name != "" || p.HasValue
}

// cutParam takes the first parameter of a list; without one, the parameter is zero. It gives its results in registers,
// which is quicker than writing them to a Params.
func cutParam(s string, sep byte) (p Param, rest string) {
	for s != "" && (s[0] == sep || isBlank(s[0])) {
		s = s[1:]
	}
	i := 0
	for i < len(s) && s[i] != '=' && s[i] != sep {
		i++
	}
	p.Name = trimRight(s[:i])
	if i == len(s) || s[i] == sep {
		return p, s[i:]
	}
	s = trimLeft(s[i+1:])
	p.HasValue = true
	if s != "" && s[0] == '"' {
		if end := closeQuote(s); end > 0 {
			p.Quoted, p.Value = true, s[1:end]
			return p, s[separator(s, end+1, sep):]
		}
	}
	end := separator(s, 0, sep)
	p.Value = trimRight(s[:end])
	return p, s[end:]
}

// separator gives the place of the next separator, or the length of s.
func separator(s string, from int, sep byte) int {
	for from < len(s) && s[from] != sep {
		from++
	}
	return from
}

// findParam looks a parameter of a list up by name, without regard to case. Of two with that name the last one counts, as
// it does for the incumbent.
func findParam(list string, sep byte, name string) (value string, has bool) {
	for list != "" {
		var p Param
		p, list = cutParam(list, sep)
		if EqualFold(p.Name, name) && (p.Name != "" || p.HasValue) {
			value, has = p.Value, true
		}
	}
	return value, has
}

// nextParam takes the first parameter of a list that semicolons separate, and the separator after it. Sound says whether
// it has a name, and no blank within name and value. A list that ends in a separator has one more parameter, an empty one.
func nextParam(list string) (name, value, rest string, sound, more bool) {
	if name, value, rest = plainParam(list); name != "" {
		if rest == "" {
			return name, value, "", true, false
		}
		return name, value, trimLeft(rest[1:]), true, true
	}
	return anyParam(list)
}

// anyParam is nextParam for parameters of every kind.
func anyParam(list string) (name, value, rest string, sound, more bool) {
	p, rest := cutParam(list, ';')
	sound = p.Name != "" && list[0] != ';' && !hasBlank(p.Name) && (p.Quoted || !hasBlank(p.Value))
	if rest == "" {
		return p.Name, p.Value, "", sound, false
	}
	return p.Name, p.Value, trimLeft(rest[1:]), sound, true
}

// plainParam takes a parameter as nearly all are: a name, or a name and a value, without blanks and quotes. The name is empty
// if the list begins with any other.
func plainParam(list string) (name, value, rest string) {
	end := plainEnd(list, 0)
	name = list[:end]
	if end < len(list) && list[end] == '=' {
		from := end + 1
		end = plainEnd(list, from)
		value = list[from:end]
	}
	if end < len(list) && list[end] != ';' {
		return "", "", ""
	}
	return name, value, list[end:]
}

// plainEnd gives where the plain characters of a parameter end.
func plainEnd(s string, from int) int {
	for from < len(s) && byteClass[s[from]]&classParam != 0 {
		from++
	}
	return from
}
