package httpclient

import (
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/sip"
)

// preemptive are the credentials of a first request: those of Basic where no other way is allowed,
// which saves a round trip.
func (c *Client) preemptive() string {
	if c.opt.User == "" || c.opt.Auth != Basic {
		return ""
	}
	return c.basic()
}

func (c *Client) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.opt.User+":"+c.opt.Password))
}

// credentials answer the challenges of a 401; Digest is preferred. Empty: none of them can be answered.
func (c *Client) credentials(answer *Response, r *Request) string {
	canBasic := false
	for _, challenge := range answer.Header.Values("WWW-Authenticate") {
		d, err := sip.ParseDigest(challenge)
		if err == nil && c.allows(Digest) {
			if text := c.digest(&d, r); text != "" {
				return text
			}
		}
		canBasic = canBasic || strings.EqualFold(d.Scheme, "Basic")
	}
	if canBasic && c.allows(Basic) && c.opt.Auth != Basic {
		return c.basic()
	}
	return ""
}

func (c *Client) allows(way Auth) bool { return c.opt.Auth == 0 || c.opt.Auth&way != 0 }

// digest answers a challenge (RFC 7616 3.4).
func (c *Client) digest(d *sip.Digest, r *Request) string {
	name := d.Algorithm
	if name == "" {
		name = digest.MD5.Name
	}
	algorithm, known := digest.FindAlgorithm(name)
	target, err := parseURL(r.URL)
	if !known || err != nil {
		return ""
	}
	answer := sip.Digest{
		Scheme: "Digest", Username: c.opt.User, Realm: d.Realm, Nonce: d.Nonce, Algorithm: d.Algorithm, Opaque: d.Opaque,
		URI: requestTarget(target),
	}
	if d.QOP != "" {
		if !offers(d.QOP, "auth") {
			return ""
		}
		answer.QOP, answer.NC, answer.CNonce = "auth", "00000001", rand.Text()
	}
	ha1 := algorithm.HA1(c.opt.User, d.Realm, c.opt.Password)
	answer.Response = string(algorithm.AppendResponse(nil, ha1, &answer, r.method(), r.Body))
	return string(answer.Append(nil))
}

// requestTarget is what stands in the request line.
func requestTarget(u *url.URL) string { return u.RequestURI() }

// offers tells whether a comma list has a token.
func offers(list, token string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(item), token) {
			return true
		}
	}
	return false
}
