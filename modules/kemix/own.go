package kemix

import (
	"os"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// own are the functions that no variable stands for.
var own = kemi.Funcs[state]{
	{Name: "get_nhuri", Returns: kemi.AnyValue, Call: nextHop, Doc: "URI of the next hop of a request"},
	{Name: "get_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["get_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "gete_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["gete_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "getw_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["getw_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "get_body", Returns: kemi.AnyValue, Call: or(body, instead["get_"]), Doc: "body; an empty one counts as none"},
	{Name: "gete_body", Returns: kemi.AnyValue, Call: or(body, instead["gete_"]), Doc: "body"},
	{Name: "getw_body", Returns: kemi.AnyValue, Call: or(body, instead["getw_"]), Doc: "body; an empty one counts as none"},
	{Name: "get_status", Returns: kemi.Code, Call: statusCode, Doc: "status code of a reply; -1 for a request"},
	{Name: "gets_status", Returns: kemi.AnyValue, Call: status, Doc: "status code of a reply as a text; nil for a request"},
	{Name: "get_conid", Returns: kemi.Code, Call: connection, Doc: "number of the connection over which the message came; -1 if there is none"},
	{Name: "get_def", Args: "name str", Returns: kemi.AnyValue, Call: define, Doc: "value of a name that the configuration defines; empty if it does not"},
	{Name: "get_defn", Args: "name str", Returns: kemi.Code, Call: defineNumber, Doc: "the same as a number; 0 if it is none"},
	{Name: "ifdef", Args: "name str", Returns: kemi.Truth, Call: ifdef(true), Doc: "whether the configuration defines a name"},
	{Name: "ifndef", Args: "name str", Returns: kemi.Truth, Call: ifdef(false), Doc: "whether the configuration does not define a name"},
	{Name: "get_env", Args: "name str", Returns: kemi.AnyValue, Call: env, Doc: "value of an environment variable; empty if it is not set"},
	{Name: "get_envn", Args: "name str", Returns: kemi.Code, Call: envNumber, Doc: "the same as a number; 0 if it is none"},
}

func nextHop(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return kemi.Null
	}
	if _, err := c.Shard.ParseURI(c.Msg.NextHop()); err != nil {
		return kemi.Null
	}
	return kemi.Str(c.Msg.NextHop())
}

func contact(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	uri := ""
	if c.Msg != nil {
		uri = lastContact(c.Msg)
	}
	if uri == "" {
		return kemi.Null
	}
	return kemi.Str(uri)
}

func lastContact(m *route.Message) (uri string) {
	var first *sip.Header
	for list := m.Contacts(); list.Next(); {
		if first == nil {
			first = list.Header
		}
		if list.Header != first {
			break
		}
		uri = list.Addr.URIText
	}
	return uri
}

func body(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || c.Msg.Body() == "" {
		return kemi.Null
	}
	return kemi.Str(c.Msg.Body())
}

func statusCode(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || c.Msg.IsRequest {
		return kemi.Int(-1)
	}
	return kemi.Int(c.Msg.Status)
}

func status(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || c.Msg.IsRequest {
		return kemi.Null
	}
	return kemi.Str(kemi.Int(c.Msg.Status).Text())
}

func connection(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || c.Msg.Flow.Conn == 0 {
		return kemi.Int(-1)
	}
	return kemi.Int(int(c.Msg.Flow.Conn))
}

func define(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Str(c.Server.Config.Defines[a.Str(0)])
}

func defineNumber(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(kemi.Str(c.Server.Config.Defines[a.Str(0)]).Number())
}

func ifdef(want bool) function {
	return func(_ *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		_, defined := c.Server.Config.Defines[a.Str(0)]
		return kemi.Bool(defined == want)
	}
}

func env(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value { return kemi.Str(os.Getenv(a.Str(0))) }

func envNumber(_ *state, _ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Int(kemi.Str(os.Getenv(a.Str(0))).Number())
}
