package http_client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "query", Args: "url str, result str", Returns: kemi.Code, Waits: true, Doc: "GET; the answer goes to the variable that result names",
		Call: direct("query", func(a *kemi.Args) httpclient.Request { return httpclient.Request{URL: a.Str(0)} })},
	{Name: "query_post", Args: "url str, data str, result str", Returns: kemi.Code, Waits: true, Doc: "POST of the data of a form, or GET if there is none",
		Call: direct("query_post", func(a *kemi.Args) httpclient.Request {
			return httpclient.Request{URL: a.Str(0), Body: a.Str(1)}
		})},
	{Name: "query_post_hdrs", Args: "url str, data str, headers str, result str", Returns: kemi.Code, Waits: true, Doc: "query_post with further headers, lines with CRLF between them",
		Call: direct("query_post_hdrs", func(a *kemi.Args) httpclient.Request {
			return httpclient.Request{URL: a.Str(0), Body: a.Str(1), Headers: a.Str(2)}
		})},
	{Name: "get_hdrs", Args: "url str, body str, headers str, result str", Returns: kemi.Code, Waits: true, Doc: "GET with a body, which may be empty, and further headers",
		Call: direct("get_hdrs", func(a *kemi.Args) httpclient.Request {
			return httpclient.Request{Method: "GET", URL: a.Str(0), Body: a.Str(1), Headers: a.Str(2)}
		})},
	{Name: "query_request", Args: "url str, method str, body str, headers str, result str", Returns: kemi.Code, Waits: true, Doc: "a request of any method, with a body and further headers, each of which may be empty",
		Call: direct("query_request", anyRequest)},
	{Name: "query_request_v2pk", Args: "url str, method str, body str, headers str, result str", Returns: kemi.Code, Waits: true, Doc: "query_request over HTTP/2, which the server is known to speak",
		Call: direct("query_request_v2pk", func(a *kemi.Args) httpclient.Request {
			r := anyRequest(a)
			r.HTTP2 = true
			return r
		})},
	{Name: "curl_connect", Args: "connection str, url str, result str", Returns: kemi.Code, Waits: true, Doc: "GET from a connection; url is added to its own. -1: there is no such connection",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.connect(c, a.Str(0), a.Str(1), a.Str(2), httpclient.Request{})
		}},
	{Name: "curl_connect_post", Args: "connection str, url str, ctype str, data str, result str", Returns: kemi.Code, Waits: true, Doc: "POST to a connection",
		Call: func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			return s.connect(c, a.Str(0), a.Str(1), a.Str(4), httpclient.Request{Method: "POST", ContentType: a.Str(2), Body: a.Str(3)})
		}},
}

func anyRequest(a *kemi.Args) httpclient.Request {
	return httpclient.Request{URL: a.Str(0), Method: a.Str(1), Body: a.Str(2), Headers: a.Str(3)}
}

type call = func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value

// direct makes a function that takes a URL of what makes its request; its last argument names the result.
func direct(name string, request func(*kemi.Args) httpclient.Request) call {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		to, err := target(c, a.Str(a.Len()-1))
		if err != nil {
			c.Misuse("http_client."+name, err.Error())
			return kemi.Int(-1)
		}
		code, body := s.do(c, s.query, request(a))
		if s.firstLine != 0 {
			body, _, _ = strings.Cut(body, "\n")
		}
		to.Set(c, kemi.Str(body))
		return kemi.Int(code)
	}
}

// connect asks a connection, and those that it fails over to, each once.
func (s *state) connect(c *kemi.Ctx, name, rest, result string, r httpclient.Request) kemi.Value {
	con := s.cons[name]
	if con == nil {
		c.Misuse("http_client.curl_connect", fmt.Sprintf("there is no connection %q", name))
		return kemi.Int(-1)
	}
	to, err := target(c, result)
	if err != nil {
		c.Misuse("http_client.curl_connect", err.Error())
		return kemi.Int(-1)
	}
	var code int
	var body string
	asked := map[*connection]bool{}
	for con != nil && !asked[con] {
		asked[con] = true
		r.URL = con.target(rest)
		code, body = s.do(c, con.client, r)
		if good(code) {
			break
		}
		con = s.cons[con.failover]
	}
	to.Set(c, kemi.Str(body))
	return kemi.Int(code)
}

var (
	errNoResult = errors.New("result: want the name of a variable, $var(x)")
	errReadOnly = errors.New("result: the variable cannot be written")
)

// target is the variable that the answer goes to.
func target(c *kemi.Ctx, name string) (*kemi.Variable, error) {
	v := c.Server.Registry.FindVar(name)
	switch {
	case v == nil:
		return nil, errNoResult
	case !v.Writable():
		return nil, errReadOnly
	}
	return v, nil
}

// good tells whether a number is an answer that needs no other server.
func good(code int) bool { return code >= 100 && code < 500 }

// do makes a request and lets go of the shard meanwhile. The body is empty unless the code is 200 to 499.
func (s *state) do(c *kemi.Ctx, client *httpclient.Client, r httpclient.Request) (code int, body string) {
	var answer *httpclient.Response
	var err error
	c.Wait(func() { answer, err = client.Do(context.Background(), r) })
	s.keepHeaders(c, answer)
	if err != nil {
		s.bad.Add(1)
		c.Log(log.Warn, "http_client", err.Error())
		return httpclient.Code(err), ""
	}
	if !good(answer.Code) {
		s.bad.Add(1)
		return answer.Code, ""
	}
	s.good.Add(1)
	return answer.Code, answer.Body
}
