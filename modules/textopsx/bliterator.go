package textopsx

import (
	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/kemi"
)

var lineIteratorFuncs = funcs{
	{Name: "bl_iterator_start", Args: "iterator str", Returns: kemi.Code, Call: (*state).linesStart, Doc: "begins to walk over the lines of the body"},
	{Name: "bl_iterator_end", Args: "iterator str", Returns: kemi.Code, Call: (*state).linesEnd, Doc: "ends the walk"},
	{Name: "bl_iterator_next", Args: "iterator str", Returns: kemi.Code, Call: (*state).linesNext, Doc: "steps to the next line, the first one after the start; -1 at the end"},
	{Name: "bl_iterator_value", Args: "iterator str", Returns: kemi.AnyValue, Call: (*state).lineValue, Doc: "the present line with its line end, or nil"},
	{Name: "bl_iterator_rm", Args: "iterator str", Returns: kemi.Code, Call: (*state).linesRemove, Doc: "takes the present line out"},
	{Name: "bl_iterator_append", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).linesAppend, Doc: "puts a text, with its line end, after the present line"},
	{Name: "bl_iterator_insert", Args: "iterator str, text str", Returns: kemi.Code, Call: (*state).linesInsert, Doc: "puts a text, with its line end, before the present line"},
}

// line is the one that an iterator stands on and its place; -1 if there is none.
func line(c *kemi.Ctx, name string) (text string, at int) {
	w := walksOf[sdp.Cursor](c)[name]
	if w == nil {
		return "", -1
	}
	return w.Line, c.Msg.Offset(w.Line)
}

func (s *state) linesStart(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return startWalk(c, "bl_iterator_start", a.Str(0), *sdp.NewCursor(c.Msg.Body()))
}

func (s *state) linesEnd(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	w := walksOf[sdp.Cursor](c)[a.Str(0)]
	if w == nil {
		return no
	}
	*w = sdp.Cursor{}
	return yes
}

func (s *state) linesNext(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	w := walksOf[sdp.Cursor](c)[a.Str(0)]
	return verdict(w != nil && w.Next())
}

func (s *state) lineValue(c *kemi.Ctx, a *kemi.Args) kemi.Value { return valueOf(c, a.Str(0)) }

func valueOf(c *kemi.Ctx, name string) kemi.Value {
	text, at := line(c, name)
	if at < 0 {
		return kemi.Null
	}
	return kemi.Str(text)
}

func (s *state) linesRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, at := line(c, a.Str(0))
	if at < 0 {
		return no
	}
	c.Msg.Edits.Delete(at, len(text))
	return yes
}

func (s *state) linesAppend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	text, at := line(c, a.Str(0))
	if at < 0 {
		return no
	}
	return insert(c, at+len(text), a.Str(1))
}

func (s *state) linesInsert(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, at := line(c, a.Str(0))
	if at < 0 {
		return no
	}
	return insert(c, at, a.Str(1))
}
