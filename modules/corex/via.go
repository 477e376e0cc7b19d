package corex

import (
	"strconv"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

var viaFuncs = funcs{
	{Name: "via_add_srvid", Args: "mode int", Returns: kemi.Code, Doc: "1 adds srvid= with the server_id parameter to our Via, 0 does not",
		Call: viaSwitch(func(v *viaStyle) *bool { return &v.serverID })},
	{Name: "via_add_xavp_params", Args: "mode int", Returns: kemi.Code, Doc: "1 adds the fields of the xavp that xavp_via_params names to our Via, 0 does not",
		Call: viaSwitch(func(v *viaStyle) *bool { return &v.params })},
	{Name: "via_use_xavp_fields", Args: "mode int", Returns: kemi.Code, Doc: "1 takes host and port of our Via from the fields address and port of the xavp that xavp_via_fields names, 0 does not",
		Call: viaSwitch(func(v *viaStyle) *bool { return &v.fields })},
	{Name: "via_reply_add_xavp_params", Args: "mode int", Returns: kemi.Code, Doc: "1 adds the fields of the xavp that xavp_via_reply_params names to the Via of replies made here, 0 does not",
		Call: viaSwitch(func(v *viaStyle) *bool { return &v.reply })},
}

// viaNames are the xavps that the global parameters name.
type viaNames struct{ params, fields, reply string }

func (n *viaNames) read(cfg *config.Config) {
	n.params = cfg.Str("xavp_via_params", "")
	n.fields = cfg.Str("xavp_via_fields", "")
	n.reply = cfg.Str("xavp_via_reply_params", "")
}

// viaStyle is what a script asked of our Via for one message.
type viaStyle struct {
	s                               *state
	serverID, params, fields, reply bool
}

func viaSwitch(which func(*viaStyle) *bool) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		v, ok := c.Msg.Via.(*viaStyle)
		if !ok {
			if a.Int(0) == 0 {
				return yes
			}
			v = &viaStyle{s: s}
			c.Msg.Via = v
		}
		*which(v) = a.Int(0) != 0
		return yes
	}
}

// SentBy implements route.ViaStyle.
func (v *viaStyle) SentBy(m *route.Message) (host, port string) {
	if !v.fields {
		return "", ""
	}
	list := xavp(m, v.s.via.fields)
	return text(list.At("address", 0)), text(list.At("port", 0))
}

// AppendParams implements route.ViaStyle.
func (v *viaStyle) AppendParams(dst []byte, m *route.Message) []byte {
	if id := v.s.srv.Settings.ServerID; v.serverID && id != 0 {
		dst = strconv.AppendInt(append(dst, ";srvid="...), int64(id), 10)
	}
	if v.params {
		dst = appendFields(dst, xavp(m, v.s.via.params))
	}
	return dst
}

// AppendReplyParams implements route.ViaStyle.
func (v *viaStyle) AppendReplyParams(dst []byte, m *route.Message) []byte {
	if v.reply {
		dst = appendFields(dst, xavp(m, v.s.via.reply))
	}
	return dst
}

// xavp is the newest root of a name with its fields, or nil.
func xavp(m *route.Message, name string) *route.XAVPs {
	if m.Vars == nil || name == "" {
		return nil
	}
	root := m.Vars.XAVP.At(name, 0)
	if root == nil {
		return nil
	}
	return root.Value.List
}

func text(x *route.XAVP) string {
	switch {
	case x == nil:
		return ""
	case x.Value.IsNum:
		return strconv.FormatInt(x.Value.Num, 10)
	}
	return x.Value.Text
}

func appendFields(dst []byte, list *route.XAVPs) []byte {
	fields := list.List()
	for i := range fields {
		dst = append(append(dst, ';'), fields[i].Name...)
		if value := text(&fields[i]); value != "" {
			dst = append(append(dst, '='), value...)
		}
	}
	return dst
}
