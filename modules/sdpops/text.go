package sdpops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var textFuncs = funcs{
	{Name: "sdp_get", Args: "avp str", Returns: kemi.Code, Call: (*state).get, Doc: "puts the description into an AVP, given as $avp(name): 1, -1 if it cannot, -2 without a body"},
	{Name: "sdp_transport", Args: "avp str", Returns: kemi.Code, Call: (*state).transport, Doc: "puts the transport of the streams into an AVP: 1; -2 if they do not have the same one"},
	{Name: "sdp_get_line_startswith", Args: "avp str, prefix str", Returns: kemi.Code, Call: (*state).line, Doc: "puts the first line that begins with a text, without its line end, into an AVP: 1; -1 if there is none, -2 without a body"},
}

// avp gives the AVP that a script names, or nil.
func avp(c *kemi.Ctx, function, name string) *kemi.Variable {
	if v := c.Server.Registry.FindVar(name); v != nil && v.Name() == "avp" {
		return v
	}
	c.Misuse("sdpops."+function, "want an AVP such as $avp(x), got "+name)
	return nil
}

func (s *state) get(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := avp(c, "sdp_get", a.Str(0))
	if v == nil {
		return no
	}
	d, err := s.read(c)
	if absent(err) {
		return noBody
	}
	return verdict(err == nil && v.Set(c, kemi.Str(d.Text)))
}

func (s *state) transport(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	v := avp(c, "sdp_transport", a.Str(0))
	if v == nil {
		return no
	}
	d, err := s.read(c)
	if absent(err) || err == nil && len(d.Streams) == 0 {
		return yes
	}
	if err != nil {
		return no
	}
	first := d.Streams[0].Transport
	for i := range d.Streams {
		if !sip.EqualFold(d.Streams[i].Transport, first) {
			return kemi.Int(-2)
		}
	}
	return verdict(v.Set(c, kemi.Str(first)))
}

func (s *state) line(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	prefix := a.Str(1)
	if prefix == "" || a.At(0).IsNull() {
		return no
	}
	d, err := s.read(c)
	if absent(err) {
		return noBody
	}
	v := avp(c, "sdp_get_line_startswith", a.Str(0))
	if err != nil || v == nil {
		return no
	}
	for line := range sdp.Lines(d.Text) {
		if strings.HasPrefix(line, prefix) {
			return verdict(v.Set(c, kemi.Str(strings.TrimSuffix(line, "\r\n"))))
		}
	}
	return no
}
