package tls

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parseFile reads a file of profiles:
//
//	[server:default]
//	method = TLSv1.2+
//	certificate = "/etc/moonroute/cert.pem"
//
// Name is for errors, which say name:line.
func parseFile(name, text string) ([]*settings, error) {
	var list []*settings
	var current *settings
	n := 0
	for line := range strings.Lines(text) {
		n++
		where := name + ":" + strconv.Itoa(n)
		line = strings.TrimSpace(stripComment(line))
		var err error
		switch {
		case line == "":
		case line[0] == '[':
			if current, err = parseHead(line); err == nil {
				current.where = where
				list = append(list, current)
			}
		case current == nil:
			err = fmt.Errorf("%q stands before the first profile; begin with [server:default]", line)
		default:
			err = parseSetting(current, line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
	}
	return list, nil
}

// stripComment takes off what follows a # outside of quotes.
func stripComment(line string) string {
	quoted := false
	for i := range len(line) {
		switch line[i] {
		case '"':
			quoted = !quoted
		case '#':
			if !quoted {
				return line[:i]
			}
		}
	}
	return line
}

// parseHead reads [server:default], [client:192.0.2.1:5061], [server:[2001:db8::1]:5061] or [server:any].
func parseHead(line string) (*settings, error) {
	inner, ok := strings.CutSuffix(line[1:], "]")
	side, place, colon := strings.Cut(inner, ":")
	if !ok || !colon {
		return nil, fmt.Errorf("profile %s: want [server:default] or [client:192.0.2.1:5061]", line)
	}
	p := &settings{depth: defaultDepth}
	switch strings.TrimSpace(side) {
	case "server", "srv", "s":
	case "client", "cli", "c":
		p.role = client
	default:
		return nil, fmt.Errorf("profile %s: it is for server or client", line)
	}
	var err error
	p.match, p.addr, err = parsePlace(strings.TrimSpace(place))
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", line, err)
	}
	return p, nil
}

func parsePlace(text string) (match, netip.AddrPort, error) {
	switch text {
	case "default":
		return byDefault, netip.AddrPort{}, nil
	case "any", "*":
		return byName, netip.AddrPort{}, nil
	}
	addr, err := netip.ParseAddrPort(text)
	if err != nil {
		return 0, addr, fmt.Errorf("want default, any or ADDRESS:PORT: %w", err)
	}
	return byAddress, addr, nil
}

// parseSetting reads NAME = VALUE.
func parseSetting(p *settings, line string) error {
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok {
		return fmt.Errorf("%q is neither a profile nor NAME = VALUE", line)
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	set := settingNames[name]
	if set == nil {
		return fmt.Errorf("unknown setting %q%s", name, hint(name, settingNames))
	}
	if err := set(p, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// settingNames are the lines of a profile, with the other names that the incumbent takes.
var settingNames = map[string]func(*settings, string) error{
	"method": setMethod, "tls_method": setMethod,
	"verify_certificate":  toChoice(func(p *settings) *choice { return &p.verify }),
	"verify_cert":         toChoice(func(p *settings) *choice { return &p.verify }),
	"require_certificate": toChoice(func(p *settings) *choice { return &p.require }),
	"require_cert":        toChoice(func(p *settings) *choice { return &p.require }),
	"verify_client":       setVerifyClient,
	"verify_depth":        toNumber(func(p *settings) *int { return &p.depth }),
	"private_key":         toText(func(p *settings) *string { return &p.key }),
	"pkey_file":           toText(func(p *settings) *string { return &p.key }),
	"certificate":         toText(func(p *settings) *string { return &p.cert }),
	"cert_file":           toText(func(p *settings) *string { return &p.cert }),
	"ca_list":             toText(func(p *settings) *string { return &p.caList }),
	"calist_file":         toText(func(p *settings) *string { return &p.caList }),
	"ca_path":             toText(func(p *settings) *string { return &p.caPath }),
	"crl":                 toText(func(p *settings) *string { return &p.crl }),
	"cipher_list":         toText(func(p *settings) *string { return &p.ciphers }),
	"server_name":         toText(func(p *settings) *string { return &p.serverName }),
	"server_name_mode":    toNumber(func(p *settings) *int { return &p.nameMode }),
	"server_id":           toText(func(p *settings) *string { return &p.serverID }),
}

func setMethod(p *settings, v string) (err error) {
	p.versions, err = parseMethod(v)
	return err
}

func setVerifyClient(p *settings, v string) (err error) {
	p.client, err = parseVerifyClient(v)
	return err
}

func toText(field func(*settings) *string) func(*settings, string) error {
	return func(p *settings, v string) error {
		*field(p) = v
		return nil
	}
}

func toNumber(field func(*settings) *int) func(*settings, string) error {
	return func(p *settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil {
			return fmt.Errorf("want a number, not %q", v)
		}
		*field(p) = n
		return nil
	}
}

var choices = map[string]choice{"yes": on, "true": on, "on": on, "enable": on, "1": on, "no": off, "false": off, "off": off, "disable": off, "0": off}

func toChoice(field func(*settings) *choice) func(*settings, string) error {
	return func(p *settings, v string) error {
		c, ok := choices[strings.ToLower(v)]
		if !ok {
			return fmt.Errorf("want yes or no, not %q", v)
		}
		*field(p) = c
		return nil
	}
}
