package http_client

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/kemi"
)

// connection is a server with a name, as httpcon defines it.
type connection struct {
	name, url string // the URL without credentials
	failover  string
	settings
	client *httpclient.Client
}

// definition is a connection as it is written: its name and its settings in their order.
type definition struct {
	name   string
	fields [][2]string
}

// errConnection says what a definition looks like.
var errConnection = errors.New("httpcon: want name=>http://host/path;setting=value;…")

// addConnection reads a httpcon parameter.
func (s *state) addConnection(v kemi.ParamValue) error {
	name, rest, ok := strings.Cut(v.Str, "=>")
	if name = strings.TrimSpace(name); !ok || name == "" {
		return errConnection
	}
	address, settings, _ := strings.Cut(rest, ";")
	d := definition{name: name, fields: [][2]string{{"url", strings.TrimSpace(address)}}}
	for setting := range strings.SplitSeq(settings, ";") {
		if strings.TrimSpace(setting) == "" {
			continue
		}
		key, value, ok := strings.Cut(setting, "=")
		if !ok {
			return fmt.Errorf("%w: %q", errConnection, setting)
		}
		d.fields = append(d.fields, [2]string{strings.TrimSpace(key), strings.TrimSpace(value)})
	}
	s.defined = append(s.defined, d)
	return nil
}

// define makes the connections; the module's parameters are their defaults.
func (s *state) define() error {
	s.cons = map[string]*connection{}
	for _, d := range s.defined {
		c := &connection{name: d.name, settings: s.settings}
		for _, f := range d.fields {
			if err := c.set(f[0], f[1]); err != nil {
				return fmt.Errorf("connection %s: %w", d.name, err)
			}
		}
		var err error
		if c.client, err = c.settings.client(s.server.HTTP); err != nil {
			return fmt.Errorf("connection %s: %w", d.name, err)
		}
		if s.cons[c.name] == nil {
			s.names = append(s.names, c.name)
		}
		s.cons[c.name] = c
	}
	return s.checkFailover()
}

func (s *state) checkFailover() error {
	for _, c := range s.cons {
		if c.failover != "" && s.cons[c.failover] == nil {
			return fmt.Errorf("connection %s: there is no connection %q to fail over to", c.name, c.failover)
		}
	}
	return nil
}

// set applies one setting.
func (c *connection) set(name, value string) error {
	name = strings.ToLower(name)
	if name == "url" {
		return c.setURL(value)
	}
	if field := c.text(name); field != nil {
		*field = value
		return nil
	}
	field := c.number(name)
	if field == nil {
		return fmt.Errorf("there is no setting %q", name)
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return fmt.Errorf("setting %s is a number, not %q", name, value)
	}
	*field = n
	return nil
}

// text is the place of a setting that is a text, or nil.
func (c *connection) text(name string) *string {
	return map[string]*string{
		"username": &c.user, "password": &c.password, "failover": &c.failover, "useragent": &c.userAgent,
		"cacert": &c.caFile, "client_cert": &c.certFile, "client_key": &c.keyFile, "cipher_suites": &c.ciphers,
		"clientcert": &c.certFile, "clientkey": &c.keyFile, "ciphersuites": &c.ciphers,
		"httpproxy": &c.proxy, "netinterface": &c.netInterface,
	}[name]
}

// number is the place of a setting that is a number, or nil.
func (c *connection) number(name string) *int {
	return map[string]*int{
		"timeout": &c.timeout, "maxdatasize": &c.maxBody, "verify_peer": &c.verifyPeer, "verify_host": &c.verifyHost,
		"tlsversion": &c.tlsVersion, "httpproxyport": &c.proxyPort, "httpredirect": &c.redirect, "http_follow_redirect": &c.redirect,
		"authmethod": &c.auth, "keep_connections": &c.keepConnections,
	}[name]
}

// setURL takes the credentials out of the URL.
func (c *connection) setURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errConnection
	}
	if u.User != nil {
		password, _ := u.User.Password()
		c.user, c.password = cmp.Or(u.User.Username(), c.user), cmp.Or(password, c.password)
		u.User = nil
	}
	c.url = u.String()
	return nil
}

// target is the connection's URL with what a script adds to it; there is one slash between them.
func (c *connection) target(rest string) string {
	if rest == "" || rest[0] == '?' {
		return c.url + rest
	}
	return strings.TrimSuffix(c.url, "/") + "/" + strings.TrimPrefix(rest, "/")
}
