// Package xhttp lets the script answer HTTP requests on the stream sockets of SIP.
package xhttp

import (
	"fmt"
	"regexp"

	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the xhttp module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "xhttp",
	Doc:  "HTTP on the TCP and TLS ports of SIP: the script answers each request, which it has in hand as if it were one of SIP. A request that it leaves without an answer gets 404, one that it fails on 500.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		pattern("url_match", func(s *state) **regexp.Regexp { return &s.match }, "regular expression of the URLs that the script is given; empty: all"),
		pattern("url_skip", func(s *state) **regexp.Regexp { return &s.skip }, "regular expression of the URLs that the script is not given; empty: none"),
		kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the requests"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "xhttp_reply", Args: "code int, reason str, ctype str, body str", Returns: kemi.Code, Call: (*state).reply,
			Doc: "answers the request in hand, with what append_to_reply has added; 0, or -1 if it is none, has been answered, or code and reason make no status line"},
		{Name: "get_hu", Returns: kemi.AnyValue, Call: (*state).getURL, Doc: "the URL of the request, as $hu"},
	},
	Vars: kemi.Vars[state]{{Name: "hu", Get: (*state).url, Doc: "the URL of the request line"}},
	Trans: kemi.Trans[state]{
		{Name: "url.path", Call: path, Doc: "the part of a URL before the question mark"},
		{Name: "url.querystring", Call: query, Doc: "the part of a URL after the question mark"},
	},
	Events: []kemi.Event{{Name: eventRequest, Param: "event_callback", Doc: "an HTTP request has come in and is the message in hand"}},
})

const eventRequest = "xhttp:request"

type state struct {
	server      *kemi.Server
	callback    string
	match, skip *regexp.Regexp // nil: empty
}

// pattern is a parameter that is a regular expression.
func pattern(name string, field func(*state) **regexp.Regexp, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindStr, `""`, func(s *state, v kemi.ParamValue) (err error) {
		if *field(s) = nil; v.Str == "" {
			return nil
		}
		if *field(s), err = regex.Compile(v.Str, 0); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}, doc)
}

// Start begins to take requests.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.callback == "" {
		server.Log.Warning("xhttp", "no event_callback: HTTP requests are answered with 404")
	}
	server.Core.ServeHTTP(s)
	return nil
}
