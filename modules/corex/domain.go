package corex

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/kemi"
)

// domain is a value of alias_subdomains.
type domain struct {
	name  string
	port  uint16
	proto flow.Proto
}

func (d *domain) alias() server.Alias {
	return server.Alias{Host: d.name, Port: d.port, Proto: d.proto}
}

func (s *state) addDomain(v kemi.ParamValue) error {
	a, ok := parseAddress(v.Str)
	if !ok || a.host == "" || strings.ContainsAny(a.host, " /@") {
		return fmt.Errorf("alias_subdomains %q: want proto:domain:port, protocol and port may be left out", v.Str)
	}
	s.domains = append(s.domains, domain{name: a.host, port: uint16(number(a.port)), proto: a.proto})
	return nil
}
