package http_async_client

import (
	"fmt"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// request is what $http_req has set for the next request of a message. A nil pointer is a setting of the parameters.
type request struct {
	httpclient.Request
	timeout, auth, redirect *int
	certFile, keyFile, ca   string
	user, password          string
	goOn                    bool // suspend=0: the transaction is not suspended
}

// requestKey is where a message keeps its request, idKey the name of the last one that was sent.
type (
	requestKey struct{}
	idKey      struct{}
)

func requestOf(c *kemi.Ctx) *request {
	r, ok := c.Kept(requestKey{}).(*request)
	if !ok {
		r = new(request)
		c.Keep(requestKey{}, r)
	}
	return r
}

// setter writes one key of $http_req: a text or a number. A null value is given to number alone, as nil, where null takes
// the setting back; the settings that are texts stay as they are.
type setter struct {
	text   func(r *request, c *kemi.Ctx, v string)
	number func(r *request, v *int)
}

// setters are the keys of $http_req. The incumbent's documents have other names for the last six than it knows itself.
var setters = map[string]setter{
	"hdr":             {text: func(r *request, _ *kemi.Ctx, v string) { r.Headers += strings.TrimRight(v, "\r\n") + "\r\n" }},
	"body":            {text: func(r *request, _ *kemi.Ctx, v string) { r.Body = v }},
	"method":          {text: (*request).setMethod, number: func(r *request, _ *int) { r.Method = "" }},
	"username":        {text: func(r *request, _ *kemi.Ctx, v string) { r.user = v }},
	"password":        {text: func(r *request, _ *kemi.Ctx, v string) { r.password = v }},
	"tls_client_cert": {text: func(r *request, _ *kemi.Ctx, v string) { r.certFile = v }},
	"tls_client_key":  {text: func(r *request, _ *kemi.Ctx, v string) { r.keyFile = v }},
	"tls_ca_path":     {text: func(r *request, _ *kemi.Ctx, v string) { r.ca = v }},
	"timeout":         {number: func(r *request, v *int) { r.timeout = v }},
	"authmethod":      {number: func(r *request, v *int) { r.auth = v }},
	"suspend":         {number: func(r *request, v *int) { r.goOn = v != nil && *v == 0 }},
	"follow_redirect": {number: func(r *request, v *int) { r.redirect = v }},
	"http_version":    {number: func(r *request, v *int) { r.HTTP2 = v != nil && *v == priorKnowledge }},
	"keepalive":       {number: ignored},
	"ka-idle":         {number: ignored},
	"ka-interval":     {number: ignored},
	"tcp_keepalive":   {number: ignored},
	"tcp_ka_idle":     {number: ignored},
	"tcp_ka_interval": {number: ignored},
}

// priorKnowledge is the http_version for HTTP/2 without asking; 0 and 1 are HTTP/1.1, which a server may always stay with.
const priorKnowledge = 2

func ignored(*request, *int) {}

// parseRequestKey finds the setter of a key; nil for all.
func parseRequestKey(_ *state, _ *kemi.Registry, inner string) (any, error) {
	set, known := setters[inner]
	switch {
	case inner == "all":
		return (*setter)(nil), nil
	case !known:
		return nil, fmt.Errorf("$http_req(%s): there is no such setting", inner)
	}
	return &set, nil
}

// setRequest writes $http_req(key).
func setRequest(_ *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	set := a.Data.(*setter)
	if set == nil {
		if v.IsNull() {
			c.Keep(requestKey{}, nil)
		}
		return true
	}
	return set.write(requestOf(c), c, a.Inner, v)
}

func (set *setter) write(r *request, c *kemi.Ctx, key string, v kemi.Value) bool {
	isNumber := v.Kind() == kemi.KindInt
	switch {
	case v.IsNull() && set.number != nil:
		set.number(r, nil)
	case v.IsNull():
	case isNumber && set.text == nil:
		n := int(v.Int64())
		set.number(r, &n)
	case !isNumber && set.text != nil:
		set.text(r, c, strings.Clone(v.Text()))
	default:
		c.Misuse("pv.set", "$http_req("+key+") cannot be "+v.Text()+": is it a text or a number?")
		return false
	}
	return true
}

// methods are those that a request may have.
var methods = map[string]bool{"GET": true, "POST": true, "PUT": true, "DELETE": true, "PATCH": true}

func (r *request) setMethod(c *kemi.Ctx, name string) {
	name = strings.ToUpper(name)
	if !methods[name] {
		c.Log(log.Err, "http_async_client", "$http_req(method): there is no method "+name)
		return
	}
	r.Method = name
}

// own tells whether a request needs another client than that of the parameters.
func (r *request) own(s *state) bool {
	return r.certFile+r.keyFile+r.ca+r.user != "" || r.auth != nil || r.redirect != nil || r.Timeout > s.limit()
}

func (s *state) limit() time.Duration { return time.Duration(s.timeout) * time.Millisecond }

// clientFor is the client of a request, and what is to be done behind it. It may read files.
func (s *state) clientFor(r *request) (client *httpclient.Client, after func(), err error) {
	if r.timeout != nil {
		r.Timeout = time.Duration(max(1, *r.timeout)) * time.Millisecond
	}
	if !r.own(s) {
		return s.client, func() {}, nil
	}
	o := s.options()
	o.KeepAlive, o.User, o.Password = false, r.user, r.password
	o.Timeout = max(o.Timeout, r.Timeout)
	if r.auth != nil {
		o.Auth = httpclient.Auth(*r.auth)
	}
	if r.redirect != nil {
		o.Redirects = *r.redirect != 0
	}
	setText(&o.TLS.CertFile, r.certFile)
	setText(&o.TLS.KeyFile, r.keyFile)
	setText(&o.TLS.CADir, r.ca)
	if !strings.HasPrefix(strings.ToLower(r.URL), "https:") {
		o.TLS = httpclient.TLS{} // files that nobody needs may be missing
	}
	if client, err = httpclient.New(o); err != nil {
		return nil, nil, err
	}
	return client, client.Close, nil
}

func setText(field *string, text string) {
	if text != "" {
		*field = text
	}
}
