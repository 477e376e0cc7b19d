package sdpops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/kemi"
)

var iteratorFuncs = funcs{
	{Name: "sdp_iterator_start", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorStart, Doc: "begins to walk over the lines of the description; -1 without one"},
	{Name: "sdp_iterator_end", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorEnd, Doc: "ends the walk"},
	{Name: "sdp_iterator_next", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorNext, Doc: "steps to the next line, the first one after the start; -1 at the end"},
	{Name: "sdp_iterator_value", Args: "iterator str", Returns: kemi.AnyValue, Call: (*state).iteratorValue, Doc: "the present line with its line end, or nil"},
	{Name: "sdp_iterator_rm", Args: "iterator str", Returns: kemi.Code, Call: (*state).iteratorRemove, Doc: "takes the present line out"},
	{Name: "sdp_iterator_append", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).iteratorAppend, Doc: "puts a text, with its line end, after the present line"},
	{Name: "sdp_iterator_insert", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).iteratorInsert, Doc: "puts a text, with its line end, before the present line"},
}

// Bounds of the iterators of one message.
const (
	maxIterators    = 4
	maxIteratorName = 31
)

// iteratorKey finds the iterators of a message, by name, in its Extra.
type iteratorKey struct{ s *state }

type iterators = map[string]*sdp.Cursor

func (s *state) iterators(c *kemi.Ctx) iterators {
	if c.Msg == nil {
		return nil
	}
	its, _ := c.Msg.Extra[iteratorKey{s}].(iterators)
	return its
}

func (s *state) iteratorStart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	name := a.Str(0)
	d, err := s.read(c)
	if err != nil || name == "" || len(name) > maxIteratorName {
		return no
	}
	its := s.iterators(c)
	if its == nil {
		its = iterators{}
		c.Msg.Extra[iteratorKey{s}] = its
	}
	if its[name] == nil && len(its) >= maxIterators {
		c.Misuse("sdpops.sdp_iterator_start", "too many iterators; end those that are not needed")
		return no
	}
	its[strings.Clone(name)] = sdp.NewCursor(d.Text)
	return yes
}

func (s *state) iteratorEnd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	its := s.iterators(c)
	if its[a.Str(0)] == nil {
		return no
	}
	delete(its, a.Str(0))
	return yes
}

func (s *state) iteratorNext(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	it := s.iterators(c)[a.Str(0)]
	return verdict(it != nil && it.Next())
}

// present is the line that an iterator stands on, or "".
func (s *state) present(c *kemi.Ctx, name string) string {
	if it := s.iterators(c)[name]; it != nil {
		return it.Line
	}
	return ""
}

func (s *state) iteratorValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return lineValue(s.present(c, a.Str(0)))
}

func lineValue(line string) kemi.Value {
	if line == "" {
		return kemi.Null
	}
	return kemi.Str(line)
}

func (s *state) iteratorRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	line := s.present(c, a.Str(0))
	at := c.Msg.Offset(line)
	if at < 0 {
		return no
	}
	c.Msg.Edits.Delete(at, len(line))
	return yes
}

func (s *state) iteratorAppend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	line := s.present(c, a.Str(0))
	return insert(c, c.Msg.Offset(line), len(line), a.Str(1))
}

func (s *state) iteratorInsert(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return insert(c, c.Msg.Offset(s.present(c, a.Str(0))), 0, a.Str(1))
}

// insert puts a text in behind a place that may not be there. An empty text is a success without effect.
func insert(c *kemi.Ctx, at, behind int, text string) kemi.Value {
	if at < 0 {
		return no
	}
	if text != "" {
		c.Msg.Edits.Insert(at+behind, text)
	}
	return yes
}
