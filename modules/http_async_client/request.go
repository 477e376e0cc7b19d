package http_async_client

import (
	"crypto/tls"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/kemi"
)

// request is what $http_req has set for the next request of a message.
type request struct {
	httpclient.Request
	timeout                   time.Duration
	certFile, keyFile, caFile string
	user, password            string
	auth                      int
	goOn                      bool // suspend=0: the transaction is not suspended
}

// requestKey is where a message keeps its request, idKey the number of the last one that was sent.
type (
	requestKey struct{}
	idKey      struct{}
)

func requestOf(c *kemi.Ctx) *request {
	r, ok := c.Kept(requestKey{}).(*request)
	if !ok {
		r = &request{auth: -1}
		c.Keep(requestKey{}, r)
	}
	return r
}

// setRequest writes $http_req(key); null takes the setting back.
func setRequest(_ *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	if a.Inner == "all" {
		if v.IsNull() {
			c.Keep(requestKey{}, nil)
		}
		return v.IsNull()
	}
	set := setters[a.Inner]
	if set == nil {
		return false
	}
	set(requestOf(c), v)
	return true
}

// setters are the keys of $http_req.
var setters = map[string]func(r *request, v kemi.Value){
	"hdr":             (*request).setHeader,
	"body":            func(r *request, v kemi.Value) { r.Body = v.Text() },
	"method":          func(r *request, v kemi.Value) { r.Method = strings.ToUpper(v.Text()) },
	"timeout":         func(r *request, v kemi.Value) { r.timeout = time.Duration(number(v)) * time.Millisecond },
	"tls_client_cert": func(r *request, v kemi.Value) { r.certFile = v.Text() },
	"tls_client_key":  func(r *request, v kemi.Value) { r.keyFile = v.Text() },
	"tls_ca_path":     func(r *request, v kemi.Value) { r.caFile = v.Text() },
	"authmethod":      func(r *request, v kemi.Value) { r.auth = number(v) },
	"username":        func(r *request, v kemi.Value) { r.user = v.Text() },
	"password":        func(r *request, v kemi.Value) { r.password = v.Text() },
	"suspend":         func(r *request, v kemi.Value) { r.goOn = !v.IsNull() && number(v) == 0 },
	"tcp_keepalive":   func(*request, kemi.Value) {},
	"tcp_ka_idle":     func(*request, kemi.Value) {},
	"tcp_ka_interval": func(*request, kemi.Value) {},
}

func number(v kemi.Value) int {
	if v.Kind() == kemi.KindInt {
		return int(v.Int64())
	}
	return 0
}

// setHeader adds a line; null takes all away.
func (r *request) setHeader(v kemi.Value) {
	if v.IsNull() {
		r.Headers = ""
		return
	}
	r.Headers += strings.TrimRight(v.Text(), "\r\n") + "\r\n"
}

// own tells whether a request needs another client than that of the parameters.
func (r *request) own() bool {
	return r.timeout > 0 || r.certFile+r.keyFile+r.caFile+r.user != "" || r.auth >= 0
}

// clientFor is the client of a request, and what is to be done behind it.
func (s *state) clientFor(r *request) (client *httpclient.Client, after func(), err error) {
	if !r.own() {
		return s.client, func() {}, nil
	}
	o := s.options()
	o.KeepAlive, o.User, o.Password = false, r.user, r.password
	if r.timeout > 0 {
		o.Timeout = r.timeout
	}
	if r.auth >= 0 {
		o.Auth = httpclient.Auth(r.auth)
	}
	setText(&o.TLS.CertFile, r.certFile)
	setText(&o.TLS.KeyFile, r.keyFile)
	setText(&o.TLS.CAFile, r.caFile)
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

// minVersion is the version that a number of libcurl stands for; older ones than TLS 1.2 are not spoken.
func minVersion(number int) uint16 {
	const tls13 = 7
	if number == tls13 {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}
