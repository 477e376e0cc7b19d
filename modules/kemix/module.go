// Package kemix is the KSR.kx table: quick reading of parts of the message without naming a
// pseudo-variable.
package kemix

import (
	"fmt"
	"os"
	"slices"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the kemix module. It reads the variables of module pv, which must be loaded too.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "kemix",
	Table: "kx",
	Doc:   "Reading parts of the message by function. Of a part X, get_X gives nil if there is none, gete_X an empty text, getw_X \"<null>\".",
	New:   func() *state { return &state{vars: map[string]*kemi.Variable{}} },
	Funcs: slices.Concat(threefold, plain, numbers, own),
})

// state holds the variables that the functions read, by their texts.
type state struct{ vars map[string]*kemi.Variable }

// Start implements the module's life.
func (s *state) Start(srv *kemi.Server) error {
	for text := range sources {
		v, err := srv.Registry.Var(text)
		if err != nil {
			return fmt.Errorf("kemix needs module pv to be loaded: %w", err)
		}
		s.vars[text] = v
	}
	return nil
}

// part is a part of the message and the variable that holds it.
type part struct{ name, variable, doc string }

// threefoldParts have the three forms get_, gete_ and getw_.
var threefoldParts = []part{
	{"ruser", "$rU", "user of the request URI"},
	{"rhost", "$rd", "host of the request URI"},
	{"fuser", "$fU", "user of From"},
	{"fhost", "$fd", "host of From"},
	{"tuser", "$tU", "user of To"},
	{"thost", "$td", "host of To"},
	{"duri", "$du", "destination URI"},
	{"ua", "$ua", "User-Agent"},
	{"au", "$au", "user name of the credentials"},
}

// plainParts have the form get_ only.
var plainParts = []part{
	{"ruri", "$ru", "request URI"},
	{"ouri", "$ou", "request URI as received"},
	{"furi", "$fu", "URI of From"},
	{"turi", "$tu", "URI of To"},
	{"nhuri", "$nh(u)", "URI of the next hop"},
	{"srcuri", "$su", "source as a URI"},
	{"srcaddr_sock", "$sas", "source as proto:address:port"},
	{"srcip", "$si", "source address"},
	{"srcport", "$sp", "source port"},
	{"rcvip", "$Ri", "address of the receiving socket"},
	{"rcvport", "$Rp", "port of the receiving socket"},
	{"rcvadvip", "$RAi", "advertised address of the receiving socket"},
	{"rcvadvport", "$RAp", "advertised port of the receiving socket"},
	{"rcvaddr_sock", "$Ras", "receiving socket as proto:address:port"},
	{"rcv_sock_name", "$Rn", "name of the receiving socket"},
	{"send_sock", "$fs", "socket to send from"},
	{"send_sock_name", "$fsn", "name of the socket to send from"},
	{"proto", "$pr", "transport over which the message came"},
	{"method", "$rm", "method"},
	{"callid", "$ci", "Call-ID"},
	{"msgbuf", "$mb", "the whole message as received"},
}

// numberParts are numbers, 0 if there is none.
var numberParts = []part{
	{"send_sock_port", "$fsp", "port of the socket to send from; 0 if none is set"},
	{"protoid", "$prid", "number of the transport over which the message came"},
	{"status", "$rsi", "status code of a reply; 0 for a request"},
	{"bodylen", "$bs", "length of the body"},
	{"msglen", "$ml", "length of the message"},
	{"msgtype", "$mt", "1 for a request, 2 for a reply"},
	{"timestamp", "$Ts", "seconds since 1970"},
}

// sources are the variables that the functions need.
var sources = variables()

func variables() map[string]bool {
	all := map[string]bool{}
	for _, p := range slices.Concat(threefoldParts, plainParts, numberParts) {
		all[p.variable] = true
	}
	return all
}

var (
	threefold = forms(threefoldParts, kemi.AnyValue, "get_", "gete_", "getw_")
	plain     = forms(plainParts, kemi.AnyValue, "get_")
	numbers   = forms(numberParts, kemi.Code, "get_")
)

// instead is what the forms give for what is not there.
var instead = map[string]kemi.Value{"get_": kemi.Null, "gete_": kemi.Str(""), "getw_": kemi.Str(kemi.NullText)}

// forms makes the functions of parts.
func forms(parts []part, returns kemi.Result, prefixes ...string) (funcs kemi.Funcs[state]) {
	for _, p := range parts {
		for _, prefix := range prefixes {
			read := variable(p.variable)
			funcs = append(funcs, kemi.Func[state]{Name: prefix + p.name, Returns: returns, Call: or(read, instead[prefix]), Doc: p.doc})
		}
	}
	return funcs
}

// function is a KSR function of this module.
type function = func(*state, *kemi.Ctx, *kemi.Args) kemi.Value

func variable(text string) function {
	return func(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.vars[text].Get(c) }
}

// or gives another value for null.
func or(read function, other kemi.Value) function {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		if v := read(s, c, a); !v.IsNull() {
			return v
		}
		return other
	}
}

// own are the functions that no variable stands for.
var own = kemi.Funcs[state]{
	{Name: "get_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["get_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "gete_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["gete_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "getw_cturi", Returns: kemi.AnyValue, Call: or(contact, instead["getw_"]), Doc: "URI of the last contact of the first Contact header"},
	{Name: "get_body", Returns: kemi.AnyValue, Call: or(body, instead["get_"]), Doc: "body; an empty one counts as none"},
	{Name: "gete_body", Returns: kemi.AnyValue, Call: or(body, instead["gete_"]), Doc: "body"},
	{Name: "getw_body", Returns: kemi.AnyValue, Call: or(body, instead["getw_"]), Doc: "body; an empty one counts as none"},
	{Name: "gets_status", Returns: kemi.AnyValue, Call: status, Doc: "status code of a reply as a text; nil for a request"},
	{Name: "get_conid", Returns: kemi.Code, Call: connection, Doc: "number of the connection over which the message came; -1 if there is none"},
	{Name: "get_def", Args: "name str", Returns: kemi.AnyValue, Call: define, Doc: "value of a name that the configuration defines; empty if it does not"},
	{Name: "get_defn", Args: "name str", Returns: kemi.Code, Call: defineNumber, Doc: "the same as a number; 0 if it is none"},
	{Name: "ifdef", Args: "name str", Returns: kemi.Truth, Call: ifdef(true), Doc: "whether the configuration defines a name"},
	{Name: "ifndef", Args: "name str", Returns: kemi.Truth, Call: ifdef(false), Doc: "whether the configuration does not define a name"},
	{Name: "get_env", Args: "name str", Returns: kemi.AnyValue, Call: env, Doc: "value of an environment variable; empty if it is not set"},
	{Name: "get_envn", Args: "name str", Returns: kemi.Code, Call: envNumber, Doc: "the same as a number; 0 if it is none"},
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
