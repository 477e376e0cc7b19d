package pv

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var branchVars = kemi.Vars[state]{
	{Name: "br", Get: request(firstBranch), Set: addBranch, Doc: "URI of the first further branch; a write adds a branch"},
	{Name: "bR", Get: request(allBranches), Doc: "all further branches, separated by commas"},
	{Name: "ds", Get: request(getDestinations), Doc: "the Contact header of a redirect to the whole destination set"},
	{Name: "branch", Named: true, Index: true, Parse: parseBranch, Get: getBranch, Set: setBranch, Doc: "a field of a further branch: uri, dst_uri, path, send_socket, flags, q, ruid, instance, otcpid; or count"},
	{Name: "sbranch", Named: true, Parse: parseBranch, Get: getStaticBranch, Set: setStaticBranch, Doc: "a field of the branch that KSR.pvx.sbranch_append adds"},
}

func firstBranch(_ *kemi.Ctx, m *route.Message) kemi.Value {
	if len(m.Branches) == 0 {
		return kemi.Null
	}
	return text(m.Branches[0].URI)
}

func addBranch(_ *state, c *kemi.Ctx, _ *kemi.VarArgs, v kemi.Value) bool {
	if c.Msg == nil || v.Kind() != kemi.KindStr {
		return false
	}
	return appendBranch(c.Msg, route.Branch{URI: v.Text(), Q: route.QUnset})
}

func appendBranch(m *route.Message, b route.Branch) bool {
	if b.URI == "" || len(m.Branches) >= route.MaxBranches-1 {
		return false
	}
	m.Branches = append(m.Branches, b)
	return true
}

func allBranches(_ *kemi.Ctx, m *route.Message) kemi.Value {
	var list []byte
	for i := range m.Branches {
		if i > 0 {
			list = append(list, ", "...)
		}
		b := &m.Branches[i]
		if b.Q == route.QUnset {
			list = append(list, b.URI...)
			continue
		}
		list = append(append(append(list, '<'), b.URI...), ">;q="...)
		list = route.AppendQ(list, b.Q)
	}
	return text(string(list))
}

func getDestinations(_ *kemi.Ctx, m *route.Message) kemi.Value {
	return text(cutLineEnd(route.RedirectContacts(m)))
}

// branchField is a name inside $branch(…).
type branchField struct {
	get func(c *kemi.Ctx, b *route.Branch) kemi.Value
	set func(c *kemi.Ctx, b *route.Branch, v kemi.Value) bool // nil: read-only
}

var branchFields = map[string]*branchField{
	"uri":         textField(func(b *route.Branch) *string { return &b.URI }),
	"dst_uri":     textField(func(b *route.Branch) *string { return &b.DstURI }),
	"path":        textField(func(b *route.Branch) *string { return &b.Path }),
	"ruid":        textField(func(b *route.Branch) *string { return &b.RUID }),
	"instance":    textField(func(b *route.Branch) *string { return &b.Instance }),
	"location_ua": textField(func(b *route.Branch) *string { return &b.UserAgent }),
	"flags": {
		func(_ *kemi.Ctx, b *route.Branch) kemi.Value { return kemi.Int(int(int32(b.Flags))) },
		func(_ *kemi.Ctx, b *route.Branch, v kemi.Value) bool { return setNumber(&b.Flags, v) },
	},
	"q":           {getQ, setQ},
	"send_socket": {func(_ *kemi.Ctx, b *route.Branch) kemi.Value { return text(b.Socket.String()) }, setBranchSocket},
	"otcpid": {
		func(_ *kemi.Ctx, b *route.Branch) kemi.Value { return kemi.Int(int(b.Conn)) },
		func(_ *kemi.Ctx, b *route.Branch, v kemi.Value) bool { return setNumber(&b.Conn, v) },
	},
}

func textField(of func(*route.Branch) *string) *branchField {
	return &branchField{
		func(_ *kemi.Ctx, b *route.Branch) kemi.Value { return text(*of(b)) },
		func(_ *kemi.Ctx, b *route.Branch, v kemi.Value) bool {
			if v.Kind() == kemi.KindInt {
				return false
			}
			*of(b) = v.Text()
			return true
		},
	}
}

func setNumber[N uint32 | flow.ConnID](field *N, v kemi.Value) bool {
	if v.Kind() != kemi.KindInt && !v.IsNull() {
		return false
	}
	*field = N(v.Int())
	return true
}

// getQ is the preference in thousandths, null if the branch has none.
func getQ(_ *kemi.Ctx, b *route.Branch) kemi.Value {
	if b.Q == route.QUnset {
		return kemi.Null
	}
	return kemi.Int(b.Q)
}

func setQ(_ *kemi.Ctx, b *route.Branch, v kemi.Value) bool {
	if v.Kind() != kemi.KindInt {
		return false
	}
	b.Q = v.Int()
	return true
}

func setBranchSocket(c *kemi.Ctx, b *route.Branch, v kemi.Value) bool {
	if v.IsNull() {
		b.Socket = nil
		return true
	}
	for _, s := range c.Server.Core.Sockets() {
		if socketOf(s, v.Text()) {
			b.Socket = s
			return true
		}
	}
	return false
}

func parseBranch(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner == "count" {
		return (*branchField)(nil), nil
	}
	f, ok := branchFields[inner]
	if !ok {
		return nil, errName
	}
	return f, nil
}

// chosenBranch is the branch that the index names; nil if there is none.
func chosenBranch(c *kemi.Ctx, a *kemi.VarArgs) (b *route.Branch, i int) {
	if c.Msg == nil {
		return nil, 0
	}
	i, ok := a.Place(c, len(c.Msg.Branches))
	if !ok {
		return nil, 0
	}
	return &c.Msg.Branches[i], i
}

func getBranch(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	f := a.Data.(*branchField)
	if f == nil {
		return countBranches(c)
	}
	b, _ := chosenBranch(c, a)
	if b == nil {
		return kemi.Null
	}
	return f.get(c, b)
}

func countBranches(c *kemi.Ctx) kemi.Value {
	if c.Msg == nil || len(c.Msg.Branches) == 0 {
		return kemi.Null
	}
	return kemi.Int(len(c.Msg.Branches))
}

// setBranch writes a field; taking the URI away takes the whole branch away.
func setBranch(_ *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	f := a.Data.(*branchField)
	b, i := chosenBranch(c, a)
	if f == nil || b == nil || f.set == nil {
		return false
	}
	if v.IsNull() && f == branchFields["uri"] {
		c.Msg.Branches = append(c.Msg.Branches[:i], c.Msg.Branches[i+1:]...)
		return true
	}
	return f.set(c, b, v)
}

func getStaticBranch(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	f := a.Data.(*branchField)
	if f == nil {
		return countBranches(c)
	}
	if f == branchFields["q"] {
		return kemi.Int(s.worker(c).branch.Q)
	}
	return f.get(c, &s.worker(c).branch)
}

func setStaticBranch(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	f := a.Data.(*branchField)
	return f != nil && f.set != nil && f.set(c, &s.worker(c).branch, v)
}
