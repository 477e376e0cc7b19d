package corex

import "github.com/moonroute/moonroute/kemi"

var transformations = kemi.Trans[state]{
	{Name: "sock.host", Doc: "host of proto:host:port", Call: part(func(a address) kemi.Value { return kemi.Str(a.host) })},
	{Name: "sock.port", Doc: "port of proto:host:port", Call: part(func(a address) kemi.Value { return kemi.StrNum(a.port, number(a.port)) })},
	{Name: "sock.proto", Doc: "protocol of proto:host:port", Call: part(func(a address) kemi.Value { return kemi.Str(a.name) })},
	{Name: "sock.touri", Doc: "the address as a SIP URI", Call: part(toURI)},
}

// part makes a transformation of an address in text; a text that is none gives null.
func part(get func(address) kemi.Value) func(*state, *kemi.Ctx, kemi.Value, *kemi.TranArgs) kemi.Value {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		a, ok := parseAddress(v.Text())
		if !ok {
			return kemi.Null
		}
		return get(a)
	}
}

func toURI(a address) kemi.Value {
	uri := "sip:" + a.host
	if a.port != "" {
		uri += ":" + a.port
	}
	if a.name != "" {
		uri += ";transport=" + a.name
	}
	return kemi.Str(uri)
}
