package pv_headers

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "pvh_collect_headers", Returns: kemi.Code, Call: withMessage((*state).collectHeaders), Doc: "reads the received headers into $x_hdr; -1 if they are there already"},
	{Name: "pvh_apply_headers", Returns: kemi.Code, Call: withMessage((*state).applyHeaders), Doc: "gives the message the headers of $x_hdr; -1 if that was done already or none were collected"},
	{Name: "pvh_reset_headers", Returns: kemi.Code, Call: withMessage((*state).resetHeaders), Doc: "forgets the collected headers and their changes; always 1"},
	{Name: "pvh_check_header", Args: "name str", Returns: kemi.Code, Call: withMessage((*state).checkHeader), Doc: "there is a collected header of the name: 1 or -1; one that was removed is there"},
	{Name: "pvh_append_header", Args: "name str, value str", Returns: kemi.Code, Call: withMessage((*state).appendHeader), Doc: "adds a header"},
	{Name: "pvh_modify_header", Args: "name str, value str, index int", Returns: kemi.Code, Call: withMessage((*state).modifyHeader), Doc: "changes a header, or adds it if there is none of the name; -1 for a wrong index, negative ones count from the end"},
	{Name: "pvh_remove_header", Args: "name str, index int", Returns: kemi.Code, Call: withMessage((*state).removeHeader), Doc: "removes a header, with a negative index all of the name; 1 also if there was none, -1 for a wrong index"},
	{Name: "pvh_header_param_exists", Args: "name str, text str", Returns: kemi.Code, Call: withMessage((*state).paramExists), Doc: "a header of the name has the text in it: 1 or -1"},
	{Name: "pvh_remove_header_param", Args: "name str, text str", Returns: kemi.Code, Call: withMessage((*state).removeParam), Doc: "takes the words that begin with the text out of the lists in the headers of a name; a header that becomes empty is removed; always 1"},
}

// The results that mean yes and no.
var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

type function = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

// withMessage is a function that gives -1 in events without a message.
func withMessage(f function) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if c.Msg == nil {
			return no
		}
		return f(s, c, a)
	}
}

func (s *state) collectHeaders(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	s.ready(c)
	if *flags(c.Msg)&(1<<s.collectFlag) != 0 {
		return no
	}
	s.collect(c)
	return yes
}

func (s *state) applyHeaders(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	done := uint32(1) << s.applyFlag
	list := s.read(c)
	if *flags(c.Msg)&done != 0 || len(list.List()) == 0 {
		return no
	}
	s.apply(c, list)
	*flags(c.Msg) |= done
	return yes
}

// resetHeaders leaves alone what was applied to the message.
func (s *state) resetHeaders(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	vars, n := c.Msg.AVPs(), s.note(c.Msg)
	switch name := s.branchRoot(c); {
	case c.IsReply():
		vars.XAVI.RemoveAll(n.root)
		n.list = nil
	case name != "":
		vars.XAVI.RemoveAll(name)
	default:
		vars.XAVI.RemoveAll(s.root)
	}
	n.seen = true
	*flags(c.Msg) &^= 1<<s.collectFlag | 1<<s.applyFlag
	return yes
}

// changed applies a change at once with auto_msg.
func (s *state) changed(c *kemi.Ctx, list *route.XAVPs) {
	if s.auto {
		s.apply(c, list)
	}
}

func (s *state) checkHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return code(a.Str(0) != "" && header(s.read(c), a.Str(0), 0) != nil)
}

func (s *state) appendHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := s.write(c)
	add(list, a.Str(0), route.TextValue(a.Str(1)))
	s.changed(c, list)
	return yes
}

func (s *state) modifyHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := s.write(c)
	ok := set(list, a.Str(0), a.Int(2), route.TextValue(a.Str(1)))
	s.changed(c, list)
	return code(ok)
}

func (s *state) removeHeader(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name, i := a.Str(0), a.Int(1)
	n := count(s.read(c), name)
	switch {
	case n == 0:
		return yes
	case i >= n || i < -n:
		return no
	}
	list := s.write(c)
	if i >= 0 {
		set(list, name, i, gone)
	}
	for k := 0; i < 0 && k < n; k++ {
		set(list, name, k, gone)
	}
	s.changed(c, list)
	return yes
}

func (s *state) paramExists(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	list := s.read(c)
	for i := range count(list, a.Str(0)) {
		if e := header(list, a.Str(0), i); !isGone(e) && strings.Contains(text(e), a.Str(1)) {
			return yes
		}
	}
	return no
}

func (s *state) removeParam(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	n := count(s.read(c), a.Str(0))
	if n == 0 {
		return yes
	}
	list := s.write(c)
	for i := range n {
		e := header(list, a.Str(0), i)
		if isGone(e) {
			continue
		}
		switch rest, found := withoutWords(text(e), a.Str(1)); {
		case found && rest == "":
			e.Value = gone
		case found:
			e.Value = route.TextValue(rest)
		}
	}
	s.changed(c, list)
	return yes
}

// withoutWords leaves out the words of a list that begin with a text, in any case, and tells whether there were any.
func withoutWords(list, text string) (rest string, found bool) {
	var kept []string
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if len(word) >= len(text) && sip.EqualFold(word[:len(text)], text) {
			found = true
			continue
		}
		kept = append(kept, word)
	}
	return strings.Join(kept, ", "), found
}
