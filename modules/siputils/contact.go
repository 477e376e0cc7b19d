package siputils

import (
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var contactFuncs = funcs{
	{Name: "encode_contact", Args: "prefix str, host str", Returns: kemi.Code, Call: (*state).encodeContact, Doc: "Contact URIs become sip:PREFIX*USER*PASSWORD*HOST*PORT*TRANSPORT@host"},
	{Name: "decode_contact_header", Returns: kemi.Code, Call: (*state).decodeContactHeader, Doc: "Contact URIs become what encode_contact wrapped"},
	{Name: "contact_param_encode", Args: "name str, address str", Returns: kemi.Code, Call: (*state).paramEncode, Doc: "Contact URIs become the address with a parameter that holds the old URI"},
	{Name: "contact_param_encode_alias", Args: "name str, address str", Returns: kemi.Code, Call: (*state).paramEncodeAlias, Doc: "contact_param_encode; the old URI is given an alias parameter with the address that the message came from"},
	{Name: "contact_param_decode", Args: "name str", Returns: kemi.Code, Call: (*state).paramDecode, Doc: "Contact URIs become what contact_param_encode put into their parameter"},
	{Name: "contact_param_check", Args: "name str", Returns: kemi.Code, Call: (*state).paramCheck, Doc: "a Contact URI has the parameter: 1 or -1"},
	{Name: "contact_param_rm", Args: "name str", Returns: kemi.Code, Call: (*state).paramRemove, Doc: "takes a parameter out of the Contact URIs"},
}

// contacts calls f for each address of the first n Contact headers (0: all) until it gives false.
func contacts(c *kemi.Ctx, n int, f func(*sip.NameAddr) bool) {
	h := c.Msg.First(sip.HdrContact)
	for i := 0; h != nil && (n == 0 || i < n); i++ {
		for rest := h.Value; rest != ""; {
			var addr sip.NameAddr
			var err error
			if addr, rest, err = sip.ParseNameAddr(rest); err != nil {
				return
			}
			if addr.URIText != "*" && !f(&addr) {
				return
			}
		}
		h = c.Msg.Next(h)
	}
}

// rewrite replaces the URI of a Contact.
func rewrite(c *kemi.Ctx, addr *sip.NameAddr, uri string) {
	c.Msg.Edits.Replace(c.Msg.Offset(addr.URIText), len(addr.URIText), uri)
}

// encodeContact wraps the URIs of the first Contact header.
func (s *state) encodeContact(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if c.Msg.First(sip.HdrContact) == nil {
		return no
	}
	result := 1
	contacts(c, 1, func(addr *sip.NameAddr) bool {
		var uri string
		if uri, result = s.encode(addr.URIText, a.Str(0), a.Str(1)); result < 0 {
			return false
		}
		rewrite(c, addr, uri)
		return true
	})
	return kemi.Int(result)
}

func (s *state) decodeContactHeader(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg.First(sip.HdrContact) == nil {
		return no
	}
	result := 1
	contacts(c, 1, func(addr *sip.NameAddr) bool {
		var uri string
		if uri, result = s.decode(addr.URIText); result < 0 {
			return false
		}
		rewrite(c, addr, uri)
		return true
	})
	return kemi.Int(result)
}

func (s *state) paramEncode(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return wrapAll(c, a, "")
}

func (s *state) paramEncodeAlias(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return wrapAll(c, a, alias(c.Msg.Flow))
}

// wrapAll puts each URI of the first Contact header into a parameter of the address. Angle brackets are added where
// they are missing, since the parameter belongs to the URI. A result that is too long for a URI is -2.
func wrapAll(c *kemi.Ctx, a *kemi.Args, suffix string) kemi.Value {
	result := yes
	contacts(c, 1, func(addr *sip.NameAddr) bool {
		if u, err := addr.URI(); err != nil && u.Scheme == sip.SchemeNone {
			return false
		}
		uri := wrap(addr.URIText+suffix, a.Str(0), a.Str(1))
		if len(uri) > route.MaxURI {
			result = kemi.Int(-2)
			return false
		}
		if !addr.HasBrackets {
			uri = "<" + uri + ">"
		}
		rewrite(c, addr, uri)
		return true
	})
	return result
}

func (s *state) paramDecode(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	ok := true
	contacts(c, 1, func(addr *sip.NameAddr) bool {
		var uri string
		if uri, ok = unwrap(addr.URIText, a.Str(0)); ok && uri != "" {
			rewrite(c, addr, uri)
		}
		return ok
	})
	return code(ok)
}

func (s *state) paramCheck(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	found := false
	contacts(c, 0, func(addr *sip.NameAddr) bool {
		if u, err := addr.URI(); err == nil {
			_, found = u.Param(a.Str(0))
		}
		return !found
	})
	return code(found)
}

// paramRemove works on all Contact headers. A URI that cannot be read is an error, one of an unknown scheme is not.
func (s *state) paramRemove(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	ok := true
	contacts(c, 0, func(addr *sip.NameAddr) bool {
		u, err := addr.URI()
		ok = err == nil || u.Scheme == sip.SchemeNone
		if without, found := removeParam(addr.URIText, a.Str(0)); found {
			takeOut(c, addr.URIText, without)
		}
		return ok
	})
	return code(ok)
}

// takeOut deletes what is missing in the new URI, so that other edits of the URI stand.
func takeOut(c *kemi.Ctx, uri, without string) {
	same := 0
	for same < len(without) && uri[same] == without[same] {
		same++
	}
	// The cut ends where a parameter ends; the semicolon before it goes too.
	for same > 0 && !strings.HasSuffix(uri, without[same:]) {
		same--
	}
	c.Msg.Edits.Delete(c.Msg.Offset(uri)+same, len(uri)-len(without))
}
