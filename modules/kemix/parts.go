package kemix

import (
	"slices"

	"github.com/moonroute/moonroute/kemi"
)

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
