package registrar

import (
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// attributes are the fields of a contact that scripts can read, by name.
var attributes = map[string]func(c *location.Contact) kemi.Value{
	"addr":       func(c *location.Contact) kemi.Value { return kemi.Str(c.URI) },
	"path":       func(c *location.Contact) kemi.Value { return kemi.Str(c.Path) },
	"received":   func(c *location.Contact) kemi.Value { return kemi.Str(c.Received) },
	"expires":    func(c *location.Contact) kemi.Value { return kemi.Int64(c.Expires) },
	"callid":     func(c *location.Contact) kemi.Value { return kemi.Str(c.CallID) },
	"q":          func(c *location.Contact) kemi.Value { return kemi.Int(int(c.Q)) },
	"cseq":       func(c *location.Contact) kemi.Value { return kemi.Int64(int64(c.CSeq)) },
	"flags":      func(c *location.Contact) kemi.Value { return kemi.Int64(int64(c.Flags)) },
	"cflags":     func(c *location.Contact) kemi.Value { return kemi.Int64(int64(c.CFlags)) },
	"user_agent": func(c *location.Contact) kemi.Value { return kemi.Str(c.UserAgent) },
	"socket":     func(c *location.Contact) kemi.Value { return optional(c.Socket.String()) },
	"modified":   func(c *location.Contact) kemi.Value { return kemi.Int64(c.LastModified) },
	"methods":    func(c *location.Contact) kemi.Value { return kemi.Int(int(int32(c.Methods))) },
	"ruid":       func(c *location.Contact) kemi.Value { return kemi.Str(c.RUID) },
	"regid":      func(c *location.Contact) kemi.Value { return kemi.Int(int(c.RegID)) },
	"instance":   func(c *location.Contact) kemi.Value { return optional(c.Instance) },
	"server_id":  func(c *location.Contact) kemi.Value { return kemi.Int(int(c.ServerID)) },
	"conid":      connection,
}

func optional(text string) kemi.Value {
	if text == "" {
		return kemi.Null
	}
	return kemi.Str(text)
}

func connection(c *location.Contact) kemi.Value {
	if c.Conn == 0 {
		return kemi.Null
	}
	return kemi.Int64(int64(c.Conn))
}

// recordFields are what xavp_rcd tells of a contact; xavp_rcd_mask leaves out those whose bit is set.
var recordFields = []struct {
	name string
	bit  int
	get  func(s *state, c *location.Contact) route.Value
}{
	{"ruid", 1, func(_ *state, c *location.Contact) route.Value { return route.TextValue(c.RUID) }},
	{"contact", 2, func(_ *state, c *location.Contact) route.Value { return route.TextValue(c.URI) }},
	{"expires", 4, func(s *state, c *location.Contact) route.Value { return route.NumValue(c.Expires - s.now()) }},
	{"received", 8, func(_ *state, c *location.Contact) route.Value { return route.TextValue(c.Received) }},
	{"path", 16, func(_ *state, c *location.Contact) route.Value { return route.TextValue(c.Path) }},
}

// tell puts what is known of a contact into the xavp_rcd XAVP, in place of an earlier one.
func (s *state) tell(m *route.Message, c *location.Contact) {
	if s.xavpRcd == "" {
		return
	}
	fields := new(route.XAVPs)
	for _, f := range recordFields {
		if v := f.get(s, c); s.xavpRcdMask&f.bit == 0 && (v.IsNum || v.Text != "") {
			fields.Append(route.XAVP{Name: f.name, Value: v})
		}
	}
	tree := &m.AVPs().XAVP
	tree.RemoveAll(s.xavpRcd)
	tree.Push(route.XAVP{Name: s.xavpRcd, Value: route.Value{List: fields}})
}

// lookupXAVP puts the record of a user into one XAVP and its contacts into others.
func (s *state) lookupXAVP(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := s.table(c, "lookup_xavp", a.Str(0))
	if t == nil || c.Msg == nil || a.Str(2) == "" || a.Str(3) == "" {
		return no
	}
	list, result := s.find(c, t, a.Str(1))
	if result != found {
		return outcomes[result]
	}
	record := new(route.XAVPs)
	record.Append(route.XAVP{Name: "aor", Value: route.TextValue(list[0].AOR)})
	record.Append(route.XAVP{Name: "count", Value: route.NumValue(int64(len(list)))})
	tree := &c.Msg.AVPs().XAVP
	tree.RemoveAll(a.Str(2))
	tree.RemoveAll(a.Str(3))
	tree.Append(route.XAVP{Name: a.Str(2), Value: route.Value{List: record}})
	for _, x := range list {
		tree.Append(route.XAVP{Name: a.Str(3), Value: route.Value{List: contactTree(x)}})
	}
	return yes
}

func contactTree(c *location.Contact) *route.XAVPs {
	fields := new(route.XAVPs)
	for name, get := range attributes {
		v := get(c)
		switch v.Kind() {
		case kemi.KindInt:
			fields.Append(route.XAVP{Name: name, Value: route.NumValue(v.Int64())})
		case kemi.KindStr:
			fields.Append(route.XAVP{Name: name, Value: route.TextValue(v.Text())})
		}
	}
	return fields
}

// readAttrs takes the fields of the XAVP that is kept with a contact (xavp_contact of usrloc).
func (s *state) readAttrs(m *route.Message) (list []location.Attr) {
	name := s.location.Rules.AttrsXAVP
	if name == "" || m.Vars == nil {
		return nil
	}
	root := m.Vars.XAVP.At(name, 0)
	if root == nil || root.Value.List == nil {
		return nil
	}
	for _, x := range root.Value.List.List() {
		if v := x.Value; v.IsNum || v.Text != "" {
			list = append(list, location.Attr{Name: x.Name, Text: v.Text, Num: v.Num, IsNum: v.IsNum})
		}
	}
	return list
}

// giveAttrs gives the script what was kept with a contact.
func (s *state) giveAttrs(m *route.Message, c *location.Contact) {
	if len(c.Attrs) == 0 || s.location.Rules.AttrsXAVP == "" {
		return
	}
	fields := new(route.XAVPs)
	for _, a := range c.Attrs {
		fields.Append(route.XAVP{Name: a.Name, Value: route.Value{Text: a.Text, Num: a.Num, IsNum: a.IsNum}})
	}
	m.AVPs().XAVP.Push(route.XAVP{Name: s.location.Rules.AttrsXAVP, Value: route.Value{List: fields}})
}
