package httpclient

import (
	"cmp"
	"net/http"
	"time"
)

// The defaults of Options.
const (
	DefaultTimeout = 4 * time.Second
	// MaxBody is the most that is ever kept of an answer, in bytes.
	MaxBody = 16 << 20
	// maxRedirects is how often one request is sent on.
	maxRedirects = 10
)

// Auth says which ways of authentication may be used, as a sum.
type Auth int

// The ways of authentication (RFC 7617, RFC 7616).
const (
	Basic  Auth = 1
	Digest Auth = 2
)

// Options are the settings of a Client. The zero value verifies certificates and follows no redirect.
type Options struct {
	Timeout   time.Duration // for a whole request; 0: DefaultTimeout
	MaxBody   int           // bytes of an answer that are kept, the rest is cut off; 0: MaxBody
	Redirects bool          // go where 3xx answers point
	UserAgent string        // empty: no such header
	KeepAlive bool          // use a connection for more than one request

	User, Password string // credentials; no user: none
	Auth           Auth   // 0: all

	Proxy     string // host, or URL, of a proxy; empty: none
	ProxyPort int    // 0: as the URL says
	Interface string // local address or interface to send from; empty: any

	TLS TLS

	// RoundTripper answers the requests in the place of the network, for tests of scripts; nil: the network does.
	RoundTripper http.RoundTripper
}

func (o *Options) timeout() time.Duration { return cmp.Or(o.Timeout, DefaultTimeout) }

func (o *Options) maxBody() int {
	if o.MaxBody <= 0 {
		return MaxBody
	}
	return min(o.MaxBody, MaxBody)
}
