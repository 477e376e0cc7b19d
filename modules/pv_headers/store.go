package pv_headers

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// The headers of a message are the children of one root in the $xavi tree, in their order; each knows its spelling.
// Requests have the root of the parameter's name, a branch route has one with the branch's number once it changes
// something, and a reply has one with its own number. All live as long as the transaction.

// helperRoot is the root of what the module keeps for itself, under the incumbent's names.
const (
	helperRoot   = "modparam_pv_headers"
	helperName   = "xavi_name"
	replyCounter = "reply_counter"
)

// removed marks a header that is to be taken out: scripts see no value.
type removed struct{}

var gone = route.Value{Data: removed{}}

func isGone(e *route.XAVP) bool { return e == nil || e.Value.Data != nil || e.Value.List != nil }

// note is what the module keeps with a message.
type note struct {
	seen     bool         // auto_msg has collected
	root     string       // of a reply
	list     *route.XAVPs // of a reply: its tree may change from route to route
	from, to string       // what was applied to From and To
}

func (s *state) note(m *route.Message) *note {
	if n, ok := m.Extra[s].(*note); ok {
		return n
	}
	n := new(note)
	if m.Extra == nil {
		m.Extra = map[any]any{}
	}
	m.Extra[s] = n
	return n
}

// branchRoot is the root of the branch that a branch route is about; "" in other routes.
func (s *state) branchRoot(c *kemi.Ctx) string {
	if c.Kind() != route.BranchRoute || c.Call.Branch < 0 {
		return ""
	}
	return s.root + "." + strconv.Itoa(c.Call.Branch)
}

// read finds the headers that a route sees, or nil if none were collected.
func (s *state) read(c *kemi.Ctx) *route.XAVPs {
	s.ready(c)
	vars := c.Msg.AVPs()
	if c.IsReply() {
		return s.replyList(c, vars)
	}
	if name := s.branchRoot(c); name != "" {
		if list := children(vars, name); list != nil {
			return list
		}
	}
	return children(vars, s.root)
}

// write is read for a change: it makes the root if there is none, and a branch route gets its own copy.
func (s *state) write(c *kemi.Ctx) *route.XAVPs {
	list, vars := s.read(c), c.Msg.AVPs()
	name := s.branchRoot(c)
	switch {
	case c.IsReply() && list == nil:
		return s.newReply(c, vars)
	case c.IsReply() || list != nil && (name == "" || list == children(vars, name)):
		return list
	case name == "":
		return plant(vars, s.root)
	}
	own := plant(vars, name)
	for _, e := range list.List() {
		own.Append(e)
	}
	return own
}

// children is the list below a root, or nil.
func children(vars *route.Vars, root string) *route.XAVPs {
	if e := vars.XAVI.At(root, 0); e != nil {
		return e.Value.List
	}
	return nil
}

func plant(vars *route.Vars, root string) *route.XAVPs {
	list := new(route.XAVPs)
	vars.XAVI.Push(route.XAVP{Name: root, Value: route.Value{List: list}})
	return list
}

// replyList finds the headers of a reply. The tree of a reply may be another one once its transaction is known.
func (s *state) replyList(c *kemi.Ctx, vars *route.Vars) *route.XAVPs {
	n := s.note(c.Msg)
	if n.list != nil && children(vars, n.root) != n.list {
		vars.XAVI.RemoveAll(n.root)
		vars.XAVI.Push(route.XAVP{Name: n.root, Value: route.Value{List: n.list}})
	}
	return n.list
}

// newReply makes the root of a reply. Earlier replies of the transaction lose theirs, so that many do not pile up.
func (s *state) newReply(c *kemi.Ctx, vars *route.Vars) *route.XAVPs {
	helper := children(vars, helperRoot)
	if helper == nil {
		helper = plant(vars, helperRoot)
	}
	counter := helper.At(replyCounter, 0)
	if counter == nil {
		helper.Push(route.XAVP{Name: replyCounter, Value: route.NumValue(-1)})
		counter = helper.At(replyCounter, 0)
	}
	vars.XAVI.RemoveAll(s.replyRoot(counter.Value.Num))
	counter.Value.Num++
	n := s.note(c.Msg)
	n.root = s.replyRoot(counter.Value.Num)
	n.list = plant(vars, n.root)
	return n.list
}

func (s *state) replyRoot(number int64) string { return s.root + ".r." + strconv.FormatInt(number, 10) }

// header finds the i-th header of a name, or nil.
func header(list *route.XAVPs, name string, i int) *route.XAVP {
	return list.At(strings.ToLower(name), i)
}

func count(list *route.XAVPs, name string) int { return list.Count(strings.ToLower(name)) }

// add puts a header at the end.
func add(list *route.XAVPs, name string, v route.Value) {
	list.Append(route.XAVP{Name: strings.ToLower(name), Spelling: name, Value: v})
}

// set changes the i-th header of a name, counted from the end if it is negative; without any it adds one. It is false
// if there is no such header.
func set(list *route.XAVPs, name string, i int, v route.Value) bool {
	n := count(list, name)
	if n == 0 {
		add(list, name, v)
		return true
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return false
	}
	e := header(list, name, i)
	e.Value, e.Spelling = v, name
	return true
}

// text is the value of a header that is there.
func text(e *route.XAVP) string {
	if e.Value.IsNum {
		return strconv.FormatInt(e.Value.Num, 10)
	}
	return e.Value.Text
}

// spelling is the name of a header as it was written; what a script put into the tree has one case only.
func spelling(e *route.XAVP) string {
	if e.Spelling == "" {
		return e.Name
	}
	return e.Spelling
}
