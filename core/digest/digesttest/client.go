// Package digesttest answers digest challenges as a client does, for tests. It shares no code with the server's side:
// what both agree on is what RFC 7616 says.
package digesttest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"regexp"
	"strings"
)

// Client is somebody with a password.
type Client struct {
	User, Password string
	Algorithm      string // to use where the challenge names none; a -sess variant is used instead of the plain one
	QOP            string // to choose where several are offered, or to insist on
	Count          int    // nonce count of the next answer; 0: 1
	CNonce         string // empty: a fixed one
}

// Request is what is to be authorized.
type Request struct{ Method, URI, Body string }

// Answer is the value of an Authorization or Proxy-Authorization header, for a challenge's header value.
func (c Client) Answer(challenge string, r Request) string {
	realm, nonce, qop := Param(challenge, "realm"), Param(challenge, "nonce"), c.QOP
	if qop == "" {
		qop, _, _ = strings.Cut(Param(challenge, "qop"), ",")
	}
	algorithm := c.Algorithm
	if algorithm == "" {
		algorithm = Param(challenge, "algorithm")
	}
	nc, cnonce := fmt.Sprintf("%08x", max(c.Count, 1)), c.CNonce
	if cnonce == "" {
		cnonce = "0a4f113b"
	}
	key := hash(algorithm, c.User+":"+realm+":"+c.Password)
	if strings.HasSuffix(algorithm, "-sess") {
		key = hash(algorithm, key+":"+nonce+":"+cnonce)
	}
	request := r.Method + ":" + r.URI
	if qop == "auth-int" {
		request += ":" + hash(algorithm, r.Body)
	}
	middle := nonce
	if qop != "" {
		middle = strings.Join([]string{nonce, nc, cnonce, qop}, ":")
	}
	response := hash(algorithm, key+":"+middle+":"+hash(algorithm, request))
	answer := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s"`, c.User, realm, nonce, r.URI, response)
	if qop != "" || strings.HasSuffix(algorithm, "-sess") {
		answer += fmt.Sprintf(`, qop=%s, nc=%s, cnonce="%s"`, qop, nc, cnonce)
	}
	if algorithm != "" {
		answer += ", algorithm=" + algorithm
	}
	return answer
}

// Param is a parameter of a challenge, without quotes.
func Param(challenge, name string) string {
	m := regexp.MustCompile(`(?i)[ ,]` + name + `=("([^"]*)"|[^", \r\n]+)`).FindStringSubmatch(challenge)
	switch {
	case m == nil:
		return ""
	case strings.HasPrefix(m[1], `"`):
		return m[2]
	}
	return m[1]
}

func hash(algorithm, text string) string {
	switch strings.TrimSuffix(algorithm, "-sess") {
	case "SHA-256":
		return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	case "SHA-512-256":
		return fmt.Sprintf("%x", sha512.Sum512_256([]byte(text)))
	case "SHA-512":
		return fmt.Sprintf("%x", sha512.Sum512([]byte(text)))
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(text)))
}
