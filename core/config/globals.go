package config

// paramKind says what values a parameter takes.
type paramKind uint8

const (
	kindInt  paramKind = iota // a number or a word like yes
	kindStr                   // a string
	kindWord                  // a string, a word, an address or a number
	kindAny                   // a string or a number
)

// String is the kind in a sentence: NAME is …
func (k paramKind) String() string {
	switch k {
	case kindInt:
		return "a number or yes or no"
	case kindStr:
		return "a string"
	case kindWord:
		return "a word or a string"
	default:
		return "a number or a string"
	}
}

// hint tells how to write a value that was written wrongly.
func (k paramKind) hint(name string, t token) string {
	switch {
	case k == kindInt && t.kind == tokString && looksLikeNumber(t.text):
		return "without quotes: " + name + "=" + t.text
	case k == kindStr && (t.kind == tokWord || t.kind == tokNumber):
		return "in quotes: " + name + `="` + shorten(t.text) + `"`
	case t.kind == tokWord:
		return wordHint(t)
	}
	return ""
}

// wordHint guesses what a word means that stands where a value should.
func wordHint(t token) string {
	if isDigit(t.text[0]) {
		return "numbers are 10, 0x1f, 017 or 101b, without a unit"
	}
	if hint := didYouMean(t.text, sortedKeys(boolWords)); hint != "" {
		return hint
	}
	return shorten(t.text) + " is not defined; a string needs quotes"
}

func looksLikeNumber(s string) bool {
	_, isNumber, err := parseNumber(s)
	_, isBool := boolWords[s]
	return isNumber && err == nil || isBool
}

// param is a global parameter of the incumbent's core.
type param struct {
	name    string
	kind    paramKind
	aliases []string
}

// paramIndex finds a parameter by each of its names.
var paramIndex = indexParams()

func indexParams() map[string]param {
	index := map[string]param{}
	for _, p := range params {
		index[p.name] = p
		for _, alias := range p.aliases {
			index[alias] = p
		}
	}
	return index
}

func findParam(name string) (p param, ok bool) {
	p, ok = paramIndex[name]
	return p, ok
}

func isParam(name string) bool {
	_, ok := paramIndex[name]
	return ok
}

// paramNames are all names of global parameters, for hints.
func paramNames() []string { return sortedKeys(paramIndex) }
