// Package http_async_client lets the script ask web servers and go on later: a function of the script is called with the answer.
package http_async_client

import (
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the http_async_client module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "http_async_client",
	Doc: "HTTP requests whose answers come to another function of the script. A transaction, if there is one, is suspended meanwhile and goes " +
		"on there.",
	New: func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.IntParam("workers", 1, func(s *state) *int { return &s.workers }, "accepted; a request needs no worker"),
		kemi.IntParam("connection_timeout", 500, func(s *state) *int { return &s.timeout }, "milliseconds that a request may take").Within(1, 600_000),
		kemi.IntParam("hash_size", 2048, func(s *state) *int { return &s.hashSize }, "accepted; there is no such table"),
		kemi.IntParam("tls_version", 0, func(s *state) *int { return &s.tlsVersion }, "7: TLS 1.3 only; else TLS 1.2 and later"),
		kemi.IntParam("tls_verify_host", 1, func(s *state) *int { return &s.verifyHost }, "0: take a certificate for any name"),
		kemi.IntParam("tls_verify_peer", 1, func(s *state) *int { return &s.verifyPeer }, "0: take any certificate of a server"),
		kemi.IntParam("curl_verbose", 0, func(s *state) *int { return &s.verbose }, "1: log each request and answer"),
		kemi.IntParam("curl_follow_redirect", 0, func(s *state) *int { return &s.redirect }, "1: go where answers with 3xx point, ten times at most"),
		kemi.StrParam("tls_client_cert", "", func(s *state) *string { return &s.certFile }, "PEM file of the certificate to show to servers"),
		kemi.StrParam("tls_client_key", "", func(s *state) *string { return &s.keyFile }, "PEM file of its key; empty: it stands in tls_client_cert"),
		kemi.StrParam("tls_ca_path", "", func(s *state) *string { return &s.caPath }, "folder of PEM files, or one such file, of authorities to trust beside the system's"),
		kemi.StrParam("memory_manager", "shm", func(s *state) *string { return &s.memory }, "accepted; memory is Go's"),
		kemi.IntParam("authmethod", 3, func(s *state) *int { return &s.auth }, "sum of the ways to authenticate: 1 Basic, 2 Digest"),
		kemi.IntParam("tcp_keepalive", 0, func(s *state) *int { return &s.keepAlive }, "accepted; connections that are kept are always probed"),
		kemi.IntParam("tcp_ka_idle", 0, func(s *state) *int { return &s.keepAliveIdle }, "accepted"),
		kemi.IntParam("tcp_ka_interval", 0, func(s *state) *int { return &s.keepAliveInterval }, "accepted"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "query", Args: "url str, route str", Arms: route.AnyRoute, Returns: kemi.Code, Call: (*state).query,
			Doc: "asks a web server; the function is called with the answer. 0: the transaction is suspended, and the script is to end here; 1: there is none to suspend, or $http_req(suspend) is 0; -1: the request could not be made"},
		{Name: "send", Args: "url str, route str", Arms: route.EventRoute, Returns: kemi.Code, Call: (*state).send,
			Doc: "query that suspends nothing: the function has an event in hand"},
		{Name: "send_xdata", Args: "url str, route str, xdata str", Arms: route.EventRoute, Returns: kemi.Code, Call: (*state).sendData,
			Doc: "send with a text that the function finds in $http_xdata"},
	},
	Vars: variables,
	Stats: kemi.Stats[state]{
		{Group: "http_async_client", Name: "requests", Counter: true, Value: func(s *state) int64 { return s.requests.Load() }, Doc: "requests that were sent"},
		{Group: "http_async_client", Name: "replies", Counter: true, Value: func(s *state) int64 { return s.replies.Load() }, Doc: "answers that came"},
		{Group: "http_async_client", Name: "errors", Counter: true, Value: func(s *state) int64 { return s.errors.Load() }, Doc: "requests without an answer, but for timeouts"},
		{Group: "http_async_client", Name: "timeouts", Counter: true, Value: func(s *state) int64 { return s.timeouts.Load() }, Doc: "requests whose time was over"},
	},
})

type state struct {
	server *kemi.Server
	client *httpclient.Client // for requests without settings of their own
	ids    atomic.Uint64

	workers, timeout, hashSize, tlsVersion      int
	verifyHost, verifyPeer, verbose, redirect   int
	certFile, keyFile, caPath, memory           string
	auth                                        int
	keepAlive, keepAliveIdle, keepAliveInterval int

	pending                             atomic.Int64
	requests, replies, errors, timeouts atomic.Int64
}

// Start makes the client; files of certificates are read now.
func (s *state) Start(server *kemi.Server) (err error) {
	s.server = server
	s.client, err = httpclient.New(s.options())
	return err
}

// Close ends connections that no request uses.
func (s *state) Close() {
	if s.client != nil {
		s.client.Close()
	}
}

// options are the settings of a request as the parameters say.
func (s *state) options() httpclient.Options {
	return httpclient.Options{
		Timeout: time.Duration(s.timeout) * time.Millisecond, Redirects: s.redirect != 0, KeepAlive: true, Auth: httpclient.Auth(s.auth),
		RoundTripper: s.server.HTTP,
		TLS: httpclient.TLS{
			CADir: s.caPath, CertFile: s.certFile, KeyFile: s.keyFile, MinVersion: httpclient.MinVersion(s.tlsVersion),
			SkipChain: s.verifyPeer == 0, SkipName: s.verifyHost == 0,
		},
	}
}
