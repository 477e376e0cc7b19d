package http_async_client

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// timedOut is the number of httpclient.Code for a request whose time was over.
const timedOut = 28

var variables = kemi.Vars[state]{
	{Name: "http_req", Named: true, Parse: parseRequestKey, Get: nothing, Set: setRequest, Doc: "sets up the next request: hdr (each adds one), body, method (GET, POST, PUT, DELETE, PATCH), timeout (milliseconds), follow_redirect, http_version (2: HTTP/2), suspend, username, password, authmethod, tls_client_cert, tls_client_key, tls_ca_path; keepalive, ka-idle and ka-interval are accepted; all = $null forgets them; it cannot be read"},
	{Name: "http_req_id", Get: requestID, Doc: "name of the request that was sent last; in its function, of the one that is answered"},
	{Name: "http_ok", Get: of(func(a *answer) kemi.Value { return kemi.Int(truth(a.err == nil)) }), Doc: "1 if there is an answer, else 0"},
	{Name: "http_err", Get: of(errorText), Doc: "why there is no answer; null if there is one"},
	{Name: "http_rs", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Int(r.Code) }), Doc: "code of the answer"},
	{Name: "http_rr", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Str(r.Reason) }), Doc: "reason phrase of the answer"},
	{Name: "http_rb", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Str(r.Body) }), Doc: "body of the answer"},
	{Name: "http_bs", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Int(len(r.Body)) }), Doc: "bytes of the body"},
	{Name: "http_mb", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Str(whole(r)) }), Doc: "the answer with its headers"},
	{Name: "http_ml", Get: good(func(r *httpclient.Response) kemi.Value { return kemi.Int(len(whole(r))) }), Doc: "bytes of the answer with its headers"},
	{Name: "http_hdr", Named: true, Dynamic: true, Index: true, Get: header, Doc: "a header of the answer"},
	{Name: "http_time", Named: true, Parse: parseTime, Get: timing, Doc: "microseconds from the beginning of the request until: lookup, connect, appconnect (TLS), pretransfer, starttransfer, redirect, total; 0 without an answer"},
	{Name: "http_xdata", Get: of(func(a *answer) kemi.Value { return textOrNull(a.data) }), Doc: "what send_xdata was given"},
}

// answer is how a request ended.
type answer struct {
	id, data string
	response *httpclient.Response
	err      error
	took     time.Duration
}

// String is for the log.
func (a *answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("%d %s, %d bytes", a.response.Code, a.response.Reason, len(a.response.Body))
}

// answerKey is where an event's message keeps its answer.
type answerKey struct{}

// answerIn is the answer that the route in hand is about; nil: none.
func (s *state) answerIn(c *kemi.Ctx) *answer {
	if c.Msg == nil {
		return nil
	}
	if a, ok := c.Msg.Extra[answerKey{}].(*answer); ok {
		return a
	}
	if t := tm.Of(c.Msg); t != nil {
		return s.answersOf(c.Shard)[t.ID()]
	}
	return nil
}

type getter = func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value

func nothing(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Null }

// of reads a variable of an answer; without one it is null.
func of(read func(*answer) kemi.Value) getter {
	return func(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		if a := s.answerIn(c); a != nil {
			return read(a)
		}
		return kemi.Null
	}
}

// good reads a variable of what a server answered.
func good(read func(*httpclient.Response) kemi.Value) getter {
	return of(func(a *answer) kemi.Value {
		if a.err != nil {
			return kemi.Null
		}
		return read(a.response)
	})
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func errorText(a *answer) kemi.Value {
	switch {
	case a.err == nil:
		return kemi.Null
	case httpclient.Code(a.err) == timedOut:
		return kemi.Str("TIMEOUT")
	}
	return kemi.Str(httpclient.Reason(a.err, a.took))
}

func textOrNull(text string) kemi.Value {
	if text == "" {
		return kemi.Null
	}
	return kemi.Str(text)
}

func requestID(s *state, c *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
	if a := s.answerIn(c); a != nil {
		return kemi.Str(a.id)
	}
	id, _ := c.Kept(idKey{}).(string)
	return kemi.Str(id)
}

// whole is an answer as it came, but for the order of its headers.
func whole(r *httpclient.Response) string {
	var text strings.Builder
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", r.Code, r.Reason)
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.Header[name] {
			text.WriteString(name + ": " + value + "\r\n")
		}
	}
	text.WriteString("\r\n" + r.Body)
	return text.String()
}

// header is $http_hdr(name), or $(http_hdr(name)[n]), from the end for less than 0.
func header(s *state, c *kemi.Ctx, v *kemi.VarArgs) kemi.Value {
	a := s.answerIn(c)
	if a == nil || a.err != nil {
		return kemi.Null
	}
	values := a.response.Header.Values(v.Inner)
	n, ok := v.Place(c, len(values))
	if !ok {
		return kemi.Null
	}
	return kemi.Str(values[n])
}

// times are the parts of $http_time.
var times = map[string]func(t httpclient.Times) time.Duration{
	"total":         func(t httpclient.Times) time.Duration { return t.Total },
	"lookup":        func(t httpclient.Times) time.Duration { return t.Lookup },
	"connect":       func(t httpclient.Times) time.Duration { return t.Connect },
	"redirect":      func(t httpclient.Times) time.Duration { return t.Redirected },
	"appconnect":    func(t httpclient.Times) time.Duration { return t.Handshake },
	"pretransfer":   func(t httpclient.Times) time.Duration { return t.Ready },
	"starttransfer": func(t httpclient.Times) time.Duration { return t.FirstByte },
}

func parseTime(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if times[inner] == nil {
		return nil, fmt.Errorf("$http_time(%s): there is no such time", inner)
	}
	return times[inner], nil
}

func timing(s *state, c *kemi.Ctx, v *kemi.VarArgs) kemi.Value {
	a := s.answerIn(c)
	if a == nil || a.response == nil {
		return kemi.Int(0)
	}
	return kemi.Int(int(v.Data.(func(httpclient.Times) time.Duration)(a.response.Times).Microseconds()))
}
