package http_client

import (
	"net/http"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/httpclient"
)

// settings are what a request is made with, as the parameters name it.
type settings struct {
	user, password                  string
	timeout, timeoutMode            int
	caFile, certFile, keyFile       string
	ciphers                         string
	tlsVersion                      int
	verifyPeer, verifyHost          int
	proxy                           string
	proxyPort                       int
	redirect, auth, keepConnections int
	userAgent                       string
	maxBody                         int
	netInterface                    string
}

// client makes the client for the settings; instead, if given, answers in the place of the network.
func (s *settings) client(instead http.RoundTripper) (*httpclient.Client, error) {
	unit := time.Second
	if s.timeoutMode == 2 {
		unit = time.Millisecond
	}
	return httpclient.New(httpclient.Options{
		Timeout: time.Duration(s.timeout) * unit, MaxBody: s.maxBody, Redirects: s.redirect != 0, UserAgent: s.userAgent,
		KeepAlive: s.keepConnections != 0, User: s.user, Password: s.password, Auth: httpclient.Auth(s.auth),
		Proxy: s.proxy, ProxyPort: s.proxyPort, Interface: s.netInterface, RoundTripper: instead,
		TLS: httpclient.TLS{
			CAFile: s.caFile, CertFile: s.certFile, KeyFile: s.keyFile, Ciphers: s.ciphers,
			MinVersion: httpclient.MinVersion(s.tlsVersion), SkipChain: s.verifyPeer == 0, SkipName: s.verifyHost == 0,
		},
	})
}

// fillUserAgent takes the server's own name where the parameter gives none.
func (s *settings) fillUserAgent(header string) {
	if s.userAgent == "" {
		_, value, _ := strings.Cut(header, ":")
		s.userAgent = strings.TrimSpace(value)
	}
}
