// Package textops is the KSR.textops table: the message as text. It finds and replaces with regular expressions, adds
// and removes header fields, reads and sets the body, and compares texts.
//
// Functions read the message as it was received. What they change shows on the wire, not to the script, until the
// changes are applied.
package textops

import (
	"regexp"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the textops module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "textops",
	Doc:   "The message as text: search, replace and substitute, header fields, bodies with one or many parts, and comparisons of texts.",
	New:   func() *state { return new(state) },
	Funcs: slices.Concat(searchFuncs, replaceFuncs, substFuncs, headerFuncs, bodyFuncs, multipartFuncs, textFuncs),
	Trans: kemi.Trans[state]{
		{Name: "re.subst", Args: "expression rest", Parse: (*state).parseSubst, Call: (*state).transform, Doc: "substitutes with /pattern/replacement/flags, as KSR.textops.subst does; null for an empty text"},
	},
})

type state struct {
	patterns    regex.Cache
	expressions expressions
	registry    *kemi.Registry
}

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) error {
	s.registry = srv.Registry
	return nil
}

type (
	funcs = kemi.Funcs[state]
	call  = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value
)

var (
	yes    = kemi.Int(1)
	no     = kemi.Int(-1)
	failed = kemi.Int(-2)
)

// inText is how patterns apply to a message: in either case of letters, line by line.
const inText = regex.FoldCase | regex.Lines

// pattern compiles a regular expression, and logs one that is wrong.
func (s *state) pattern(c *kemi.Ctx, text string, f regex.Flags) *regexp.Regexp {
	text, _, _ = strings.Cut(text, "\x00") // where the incumbent's texts end
	re, err := s.patterns.Get(text, f)
	if err != nil {
		c.Misuse("textops", "regular expression "+text+": "+err.Error())
		return nil
	}
	return re
}

// maxAdded is how many bytes one call may add to a message; a call that would add more fails. Without it a short
// pattern and a long value could fill the memory.
const maxAdded = 1 << 20

// region is a part of the received text.
type region func(m *route.Message) (from, to int)

// afterStartLine is all but the start line, which changes do not reach.
func afterStartLine(m *route.Message) (from, to int) { return m.HeadersStart, len(m.Raw) }

func headers(m *route.Message) (from, to int) {
	m.ReadHeaders(true)
	return m.HeadersStart, m.HeadersEnd
}

func body(m *route.Message) (from, to int) {
	m.ReadHeaders(true)
	return m.BodyStart, len(m.Raw)
}

// edit takes n bytes out of the message and puts a text in their place. As long as nothing has looked at all headers,
// the incumbent does not know that a place lies in the body, and Content-Length stays as it was. A script that works
// with that has made room for it.
func edit(c *kemi.Ctx, at, n int, text string) {
	m := c.Msg
	known := m.HeadersRead() || m.IsRequest && m.Transaction != nil // a transaction's request was read as a whole
	m.Edits.Add(route.Edit{At: at, Del: n, Text: text, KeepsLength: !known})
}
