package tm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// appendSet is one definition of tw_append: what t_write_req and t_write_unix write besides the usual lines.
type appendSet struct {
	body     bool // msg[body]: the body of any request, not of INVITE and INFO alone
	elements []element
}

// element is one line "title: value" of such a set; nothing is written where the value is null.
type element struct {
	title string
	value func(*kemi.Ctx) kemi.Value
}

var errAppend = errors.New("want name:[title=]hdr[Name];[title=]avp[name];[title=]$variable;msg[body]")

// addAppend reads a definition: "name:title=hdr[User-Agent];avp[s:x];msg[body]".
func (s *state) addAppend(v kemi.ParamValue) error {
	name, list, found := strings.Cut(v.Str, ":")
	if name = strings.TrimSpace(name); !found || name == "" {
		return fmt.Errorf("tw_append %q: %w", v.Str, errAppend)
	}
	set := new(appendSet)
	for text := range strings.SplitSeq(list, ";") {
		text = strings.TrimSpace(text)
		if text == "msg[body]" || text == "$rb" {
			set.body = true
			continue
		}
		e, err := s.parseElement(text)
		if err != nil {
			return fmt.Errorf("tw_append %q: %w", v.Str, err)
		}
		set.elements = append(set.elements, e)
	}
	if s.appends == nil {
		s.appends = map[string]*appendSet{}
	}
	s.appends[name] = set
	return nil
}

func (s *state) parseElement(text string) (element, error) {
	title, source, found := strings.Cut(text, "=")
	if !found {
		title, source = "", text
	}
	kind, inner, _ := strings.Cut(source, "[")
	name := strings.TrimSuffix(inner, "]")
	e := element{title: title}
	switch {
	case strings.HasPrefix(source, "$"):
		name, e.value = source, s.variable(source)
	case name == "" || name == inner:
		return e, errAppend
	case kind == "hdr":
		e.value = header(name)
	case kind == "avp":
		name = strings.TrimPrefix(strings.TrimPrefix(name, "s:"), "i:")
		e.value = avp(name)
	default:
		return e, errAppend
	}
	if e.title == "" {
		e.title = name
	}
	return e, nil
}

// variable reads a pseudo-variable; one that does not exist is null.
func (s *state) variable(text string) func(*kemi.Ctx) kemi.Value {
	return func(c *kemi.Ctx) kemi.Value {
		v, err := s.srv.Registry.Var(text)
		if err != nil {
			c.Misuse("tm.t_write_req", err.Error())
			return kemi.Null
		}
		return v.Get(c)
	}
}

func header(name string) func(*kemi.Ctx) kemi.Value {
	return func(c *kemi.Ctx) kemi.Value {
		if h := c.Msg.Find(name); h != nil {
			return kemi.Str(strings.TrimSpace(h.Value))
		}
		return kemi.Null
	}
}

func avp(name string) func(*kemi.Ctx) kemi.Value {
	return func(c *kemi.Ctx) kemi.Value {
		if c.Msg.Vars == nil {
			return kemi.Null
		}
		x := c.Msg.Vars.AVP.At(route.ClassURIFrom, name, 0)
		switch {
		case x == nil:
			return kemi.Null
		case x.Value.IsNum:
			return kemi.Int64(x.Value.Num)
		}
		return kemi.Str(x.Value.Text)
	}
}
