package siputils

import (
	"strings"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var textFuncs = funcs{
	{Name: "is_numeric", Args: "text str", Returns: kemi.Code, Call: (*state).isNumeric, Doc: "the text is made of digits only: 1 or -2"},
	{Name: "is_tel_number", Args: "text str", Returns: kemi.Code, Call: (*state).isTelNumber, Doc: "the text is digits after an optional plus sign: 1 or -2"},
	{Name: "is_alphanum", Args: "text str", Returns: kemi.Code, Call: (*state).isAlphanum, Doc: "the text is made of digits and ASCII letters: 1, -3 if not, -2 if it is empty"},
	{Name: "is_alphanumex", Args: "text str, extra str", Returns: kemi.Code, Call: (*state).isAlphanum, Doc: "is_alphanum with further characters allowed"},
	{Name: "is_uri", Args: "text str", Returns: kemi.Code, Call: (*state).isURI, Doc: "the text is a sip, sips, tel or urn URI: 1 or -1"},
	{Name: "cmp_uri", Args: "uri1 str, uri2 str", Returns: kemi.Code, Call: (*state).cmpURI, Doc: "two URIs are equal: 1 or -1; -2 if one cannot be read"},
	{Name: "cmp_aor", Args: "uri1 str, uri2 str", Returns: kemi.Code, Call: (*state).cmpAOR, Doc: "two URIs have the same user and host: 1 or -1; -2 if one cannot be read"},
	{Name: "cmp_hdr_name", Args: "name1 str, name2 str", Returns: kemi.Code, Call: (*state).cmpHeaderName, Doc: "two names stand for the same header: 1, -1 if they do not, -2 if one is no name or if the first of two unknown ones comes earlier in the alphabet"},
}

func isDigit(b byte) bool { return b-'0' < 10 }

func isAlnum(b byte) bool { return isDigit(b) || (b|0x20)-'a' < 26 }

func digitsOnly(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return text != ""
}

func (s *state) isNumeric(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if digitsOnly(a.Str(0)) {
		return yes
	}
	return failed
}

func (s *state) isTelNumber(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	if digitsOnly(strings.TrimPrefix(a.Str(0), "+")) {
		return yes
	}
	return failed
}

func (s *state) isAlphanum(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, extra := a.Str(0), ""
	if a.Len() > 1 {
		extra = a.Str(1)
	}
	if text == "" {
		return failed
	}
	for i := range len(text) {
		if !isAlnum(text[i]) && strings.IndexByte(extra, text[i]) < 0 {
			return other
		}
	}
	return yes
}

// isURI is as lenient as the incumbent: only the host must be well-formed, other parts may hold anything.
func (s *state) isURI(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	text := a.Str(0)
	if _, err := sip.ParseURI(text); err == nil {
		return yes
	}
	scheme, rest, found := strings.Cut(text, ":")
	if !found || rest == "" {
		return no
	}
	if sip.EqualFold(scheme, "urn") || sip.EqualFold(scheme, "tel") || sip.EqualFold(scheme, "tels") {
		return yes
	}
	from := strings.LastIndexByte(rest, '@') + 1
	to := len(rest)
	if i := strings.IndexAny(rest[from:], ";?"); i >= 0 {
		to = from + i
	}
	_, err := sip.ParseURI(scheme + ":" + plain(rest[:from]) + rest[from:to] + plain(rest[to:]))
	return code(err == nil)
}

// plain puts a letter in the place of what a URI may not hold.
func plain(part string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == '<' || r == '>' || r == 0x7f {
			return 'x'
		}
		return r
	}, part)
}

func (s *state) cmpURI(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	u, err := sip.ParseURI(a.Str(0))
	if err != nil {
		return failed
	}
	o, err := sip.ParseURI(a.Str(1))
	if err != nil {
		return failed
	}
	return code(sameURI(&u, &o))
}

// sameURI compares as the incumbent does: escapes stay escapes, headers do not count, and a transport counts only if
// both have one. What RFC 3261 19.1.4 says beyond that is left out.
func sameURI(u, o *sip.URI) bool {
	return u.Scheme == o.Scheme && u.User == o.User && u.Password == o.Password &&
		sip.EqualFold(u.Host, o.Host) && u.PortNum == o.PortNum &&
		sameParam(u, o, "user") && sameParam(u, o, "maddr") && sameParam(u, o, "method") && sameTTL(u, o) && agree(u, o)
}

// sameParam compares a parameter of two URIs; a missing one is like an empty one.
func sameParam(u, o *sip.URI, name string) bool {
	a, _ := u.Param(name)
	b, _ := o.Param(name)
	return sip.EqualFold(a, b)
}

func sameTTL(u, o *sip.URI) bool {
	a, _ := u.Param("ttl")
	b, _ := o.Param("ttl")
	return a == b
}

// maxCompared bounds the work that a stranger's URI can make.
const maxCompared = 32

// agree tells whether the parameters that both URIs have are equal.
func agree(u, o *sip.URI) bool {
	if strings.Count(u.Params, ";") >= maxCompared {
		return u.Params == o.Params
	}
	for p := sip.ParseParams(u.Params); p.Next(); {
		if value, has := o.Param(p.Name); has && !sip.EqualFold(value, p.Value) {
			return false
		}
	}
	return true
}

func (s *state) cmpAOR(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	u, err := sip.ParseURI(a.Str(0))
	if err != nil {
		return failed
	}
	o, err := sip.ParseURI(a.Str(1))
	if err != nil {
		return failed
	}
	return code(u.User == o.User && sip.EqualFold(u.Host, o.Host))
}

func (s *state) cmpHeaderName(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	x, y := sip.HeaderWord(a.Str(0)), sip.HeaderWord(a.Str(1))
	if x == "" || y == "" {
		return failed
	}
	t := sip.HeaderTypeOf(x)
	if t != sip.HeaderTypeOf(y) {
		return no
	}
	if t != sip.HdrOther {
		return yes
	}
	return [...]kemi.Value{failed, yes, no}[1+strings.Compare(strings.ToLower(a.Str(0)), strings.ToLower(a.Str(1)))]
}
