package tm

import (
	"strconv"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// relayProtos are the transports that functions have in their names; flow.None leaves it to the URI.
var relayProtos = []flow.Proto{flow.UDP, flow.TCP, flow.TLS, flow.SCTP}

// protoFuncs are t_relay_to_udp and its kin, and t_forward_nonack with and without a transport. They
// are older than KEMI; an empty host leaves the way to the request URI.
func protoFuncs() kemi.Funcs[state] {
	const args = "host str, port int"
	list := kemi.Funcs[state]{
		{Name: "t_forward_nonack", Args: args, Returns: kemi.Code, Call: toHost(flow.None, true), Waits: true, Doc: "sends the request of a transaction that is there already; nothing is answered here"},
		{Name: "t_forward_nonack_uri", Returns: kemi.Code, Call: forwardToURI, Waits: true, Doc: "t_forward_nonack by the request URI"},
	}
	for _, p := range relayProtos {
		list = append(list,
			kemi.Func[state]{Name: "t_relay_to_" + p.String(), Args: args, Returns: kemi.Code, Call: toHost(p, false), Waits: true, Doc: "t_relay over " + p.Upper()},
			kemi.Func[state]{Name: "t_forward_nonack_" + p.String(), Args: args, Returns: kemi.Code, Call: toHost(p, true), Waits: true, Doc: "t_forward_nonack over " + p.Upper()})
	}
	return list
}

// toHost relays to a fixed host and transport.
func toHost(p flow.Proto, bare bool) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		o := tm.RelayOptions{Proto: p, Bare: bare}
		if host := a.Str(0); host != "" {
			o.NextHop = "sip:" + hostPort(host, strconv.Itoa(a.Int(1)))
		}
		return s.relayBy(c, o)
	}
}

func forwardToURI(s *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.relayBy(c, tm.RelayOptions{Bare: true})
}
