package http_client

import "github.com/moonroute/moonroute/kemi"

var params = kemi.Params[state]{
	kemi.IntParam("connection_timeout", 0, func(s *state) *int { return &s.timeout }, "time limit of a request, in units of timeout_mode; 0: 4 seconds"),
	kemi.IntParam("timeout_mode", 1, func(s *state) *int { return &s.timeoutMode }, "unit of time limits: 1 seconds, 2 milliseconds").Within(0, 2),
	kemi.StrParam("cacert", "", func(s *state) *string { return &s.caFile }, "PEM file of the authorities to trust; empty: the system's"),
	kemi.StrParam("client_cert", "", func(s *state) *string { return &s.certFile }, "PEM file of the certificate to show to servers"),
	kemi.StrParam("client_key", "", func(s *state) *string { return &s.keyFile }, "PEM file of its key; empty: it stands in client_cert"),
	kemi.StrParam("cipher_suites", "", func(s *state) *string { return &s.ciphers }, "cipher suites of TLS 1.2, by their names in OpenSSL, with colons between; empty: the safe ones"),
	kemi.IntParam("tlsversion", 0, func(s *state) *int { return &s.tlsVersion }, "7: TLS 1.3 only; else TLS 1.2 and later"),
	kemi.IntParam("verify_peer", 1, func(s *state) *int { return &s.verifyPeer }, "0: take any certificate of a server"),
	kemi.IntParam("verify_host", 2, func(s *state) *int { return &s.verifyHost }, "0: take a certificate for any name"),
	kemi.IntParam("httpproxyport", 0, func(s *state) *int { return &s.proxyPort }, "port of the proxy"),
	kemi.StrParam("httpproxy", "", func(s *state) *string { return &s.proxy }, "proxy to send requests through, a host or a URL; empty: none"),
	kemi.IntParam("httpredirect", 0, func(s *state) *int { return &s.redirect }, "1: go where answers with 3xx point, ten times at most"),
	kemi.StrParam("useragent", "", func(s *state) *string { return &s.userAgent }, "User-Agent of the requests; empty: the server's own"),
	kemi.IntParam("maxdatasize", 0, func(s *state) *int { return &s.maxBody }, "bytes of an answer that curl_connect keeps, the rest is cut off; 0, and at most: 16 MiB"),
	kemi.StrParam("config_file", "", func(s *state) *string { return &s.configFile }, "file that defines connections: sections [name] with lines such as url = http://…"),
	kemi.FuncParam("httpcon", kemi.KindStr, "", (*state).addConnection, "defines a connection: name=>http://user:password@host/path;timeout=3;failover=other"),
	kemi.IntParam("authmethod", 3, func(s *state) *int { return &s.auth }, "sum of the ways to authenticate: 1 Basic, 2 Digest"),
	kemi.IntParam("keep_connections", 0, func(s *state) *int { return &s.keepConnections }, "1: use a connection for more than one request"),
	kemi.IntParam("query_result", 1, func(s *state) *int { return &s.firstLine }, "1: functions that take a URL give the first line of the answer; 0: all of it"),
	kemi.IntParam("query_maxdatasize", 0, func(s *state) *int { return &s.queryMaxBody }, "maxdatasize of the functions that take a URL"),
	kemi.StrParam("netinterface", "", func(s *state) *string { return &s.netInterface }, "local address or interface to send from; empty: any"),
	kemi.IntParam("response_headers", 0, func(s *state) *int { return &s.responseHeaders }, "1: keep the headers of the last answer for $httprhdr"),
}
