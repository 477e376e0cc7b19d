// Package http_client lets the script make HTTP requests and wait for the answers.
package http_client

import (
	"sync/atomic"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the http_client module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "http_client",
	Doc:    "HTTP requests of the script. A function waits for the answer, and other calls go on meanwhile; it gives the code of HTTP, or a number below 100 if there was no answer, which $curlerror puts into words.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	RPC:    kemi.Commands[state]{{Name: "httpclient.listcon", Run: (*state).list, Array: true, Doc: "List the connections that httpcon and config_file define."}},
	Vars: kemi.Vars[state]{
		{Name: "curlerror", Named: true, Dynamic: true, Get: errorText, Doc: "what a number that a function gave means"},
		{Name: "httprhdr", Named: true, Dynamic: true, Get: header, Doc: "a header of the last answer, with response_headers=1"},
	},
	Stats: kemi.Stats[state]{
		{Group: "httpclient", Name: "connections", Value: func(s *state) int64 { return int64(len(s.cons)) }, Doc: "connections that are defined"},
		{Group: "httpclient", Name: "connok", Counter: true, Value: func(s *state) int64 { return s.good.Load() }, Doc: "requests that were answered with a code below 500"},
		{Group: "httpclient", Name: "connfail", Counter: true, Value: func(s *state) int64 { return s.bad.Load() }, Doc: "requests that failed or were answered with 500 and above"},
	},
})

type state struct {
	server *kemi.Server
	query  *httpclient.Client // for the functions that take a URL
	cons   map[string]*connection
	names  []string // of cons, in the order of the configuration

	settings                     // the defaults
	defined         []definition // httpcon
	configFile      string
	firstLine       int
	queryMaxBody    int
	responseHeaders int

	good, bad atomic.Int64
}

// Start makes the clients; files of certificates are read now.
func (s *state) Start(server *kemi.Server) (err error) {
	s.server = server
	s.fillUserAgent(server.Settings.UserAgentHeader)
	direct := s.settings
	direct.maxBody = s.queryMaxBody
	if s.query, err = direct.client(server.HTTP); err != nil {
		return err
	}
	if s.configFile != "" {
		found, err := readConfigFile(s.configFile)
		if err != nil {
			return err
		}
		s.defined = append(s.defined, found...)
	}
	return s.define()
}

// Close ends connections that no request uses.
func (s *state) Close() {
	if s.query != nil {
		s.query.Close()
	}
	for _, c := range s.cons {
		c.client.Close()
	}
}
