package siputils

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var uriFuncs = funcs{
	{Name: "uri_param", Args: "name str", Returns: kemi.Code, Call: (*state).uriParam, Doc: "the request URI has the parameter, without a value: 1 or -1"},
	{Name: "uri_param_value", Args: "name str, value str", Returns: kemi.Code, Call: (*state).uriParamValue, Doc: "the request URI has the parameter with this value: 1 or -1"},
	{Name: "uri_param_any", Args: "name str", Returns: kemi.Code, Call: (*state).uriParamAny, Doc: "the request URI has the parameter: 1 or -1"},
	{Name: "uri_param_rm", Args: "name str", Returns: kemi.Code, Call: (*state).uriParamRemove, Doc: "takes a parameter out of the request URI; 1 also if it has none"},
	{Name: "add_uri_param", Args: "param str", Returns: kemi.Code, Call: (*state).addURIParam, Doc: "adds a parameter, \"name=value\", to the request URI"},
	{Name: "is_gruu", Returns: kemi.Code, Call: (*state).isGRUU, Doc: "the request URI is a GRUU: 1 public, 2 temporary, else -1"},
	{Name: "contact_param_decode_ruri", Args: "name str", Returns: kemi.Code, Call: (*state).decodeRequestURI, Doc: "the request URI becomes what contact_param_encode put into its parameter"},
	{Name: "decode_contact", Returns: kemi.Code, Call: (*state).decodeContact, Doc: "the request URI becomes what encode_contact wrapped"},
}

// findParam looks a parameter of the request URI up; the first one counts.
func findParam(c *kemi.Ctx, name string) (p sip.Param, ok bool) {
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil || name == "" {
		return p, false
	}
	for list := sip.ParseParams(u.Params); list.Next(); {
		if sip.EqualFold(list.Name, name) {
			return list.Param, true
		}
	}
	return p, false
}

func (s *state) uriParam(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, ok := findParam(c, a.Str(0))
	return code(ok && p.Value == "")
}

func (s *state) uriParamValue(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	p, ok := findParam(c, a.Str(0))
	return code(ok && p.Value == a.Str(1))
}

func (s *state) uriParamAny(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	_, ok := findParam(c, a.Str(0))
	return code(ok)
}

func (s *state) uriParamRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if _, err := sip.ParseURI(c.Msg.CurrentURI()); err != nil || !c.Msg.IsRequest {
		return no
	}
	uri := c.Msg.CurrentURI()
	if without, found := removeParam(uri, a.Str(0)); found {
		c.Msg.SetURI(without)
	}
	return yes
}

// removeParam gives the URI without the first parameter of a name.
func removeParam(uri, name string) (without string, found bool) {
	u, err := sip.ParseURI(uri)
	if err != nil || name == "" || u.Params == "" {
		return uri, false
	}
	at := strings.LastIndex(uri, ";"+u.Params)
	kept, rest := make([]byte, 0, len(uri)), u.Params
	kept = append(kept, uri[:at]...)
	for rest != "" {
		var one string
		one, rest, _ = strings.Cut(rest, ";")
		key, _, _ := strings.Cut(one, "=")
		if !found && sip.EqualFold(strings.TrimSpace(key), name) {
			found = true
			continue
		}
		kept = append(append(kept, ';'), one...)
	}
	if u.Headers != "" {
		kept = append(append(kept, '?'), u.Headers...)
	}
	return string(kept), found
}

// addURIParam puts the parameter behind the URI, or before its headers, which have no place in a request URI
// (RFC 3261 19.1.1).
func (s *state) addURIParam(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	param := a.Str(0)
	if param == "" {
		return yes
	}
	uri := c.Msg.CurrentURI()
	u, err := sip.ParseURI(uri)
	if err != nil {
		return no
	}
	if u.Headers != "" {
		c.Msg.SetURI(withParamBeforeHeaders(&u, param))
		return yes
	}
	if len(uri)+len(";")+len(param) > route.MaxURI {
		return no
	}
	c.Msg.SetURI(uri + ";" + param)
	return yes
}

// withParamBeforeHeaders builds the URI anew as the incumbent does: always sip, without the text of the user, and
// without the semicolon before its old parameters. What comes of a user or parameters is no URI then, and scripts that
// read it get nil.
func withParamBeforeHeaders(u *sip.URI, param string) string {
	out := "sip:"
	if u.Password != "" {
		out += ":" + u.Password
	}
	if u.User != "" {
		out += "@"
	}
	out += u.Host
	if u.Port != "" {
		out += ":" + u.Port
	}
	return out + u.Params + ";" + param + "?" + u.Headers
}

func (s *state) isGRUU(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil {
		return no
	}
	switch instance, has := u.Param("gr"); {
	case !has:
		return no
	case instance != "":
		return yes
	}
	return kemi.Int(2)
}

func (s *state) decodeRequestURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if _, err := sip.ParseURI(c.Msg.CurrentURI()); err != nil || !c.Msg.IsRequest {
		return no
	}
	uri, ok := unwrap(c.Msg.CurrentURI(), a.Str(0))
	if !ok {
		return no
	}
	if uri != "" {
		c.Msg.SetURI(uri)
	}
	return yes
}

func (s *state) decodeContact(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	uri, code := s.decode(c.Msg.CurrentURI())
	if code < 0 {
		return kemi.Int(code)
	}
	c.Msg.SetURI(uri)
	return yes
}
