package httpclient

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Client makes requests with one set of options. Any goroutine may use it.
type Client struct {
	opt  Options
	http *http.Client
	h2   *http.Client // speaks HTTP/2 from the first byte, without TLS too
}

// New makes a client. An error is about the options.
func New(o Options) (*Client, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	h2 := transport.Clone()
	h2.Protocols = new(http.Protocols)
	h2.Protocols.SetHTTP2(true)
	h2.Protocols.SetUnencryptedHTTP2(true)
	c := &Client{opt: o}
	c.http = &http.Client{Transport: transport, CheckRedirect: c.redirect}
	c.h2 = &http.Client{Transport: h2, CheckRedirect: c.redirect}
	if o.RoundTripper != nil {
		c.http.Transport, c.h2.Transport = o.RoundTripper, o.RoundTripper
	}
	return c, nil
}

// Close ends connections that no request uses.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.h2.CloseIdleConnections()
}

func (o *Options) transport() (*http.Transport, error) {
	t := &http.Transport{DisableCompression: true, DisableKeepAlives: !o.KeepAlive, MaxIdleConnsPerHost: 8, MaxResponseHeaderBytes: 64 << 10}
	tlsConfig, err := o.TLS.config()
	if err != nil {
		return nil, err
	}
	t.TLSClientConfig = tlsConfig
	dialer := net.Dialer{Timeout: o.timeout()}
	if o.Interface != "" {
		if dialer.LocalAddr, err = localAddr(o.Interface); err != nil {
			return nil, err
		}
	}
	t.DialContext = dialer.DialContext
	if o.Proxy != "" {
		proxy, err := o.proxyURL()
		if err != nil {
			return nil, err
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	return t, nil
}

// localAddr is the address to send from: the one given, or the first of an interface.
func localAddr(name string) (net.Addr, error) {
	if ip, err := netip.ParseAddr(name); err == nil {
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)), nil
	}
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("httpclient: interface %q: %w", name, err)
	}
	addrs, err := iface.Addrs()
	if err != nil || len(addrs) == 0 {
		return nil, fmt.Errorf("httpclient: interface %q has no address", name)
	}
	prefix, err := netip.ParsePrefix(addrs[0].String())
	if err != nil {
		return nil, fmt.Errorf("httpclient: interface %q: %w", name, err)
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(prefix.Addr(), 0)), nil
}

func (o *Options) proxyURL() (*url.URL, error) {
	text := o.Proxy
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("httpclient: proxy: %w", err)
	}
	if o.ProxyPort != 0 {
		u.Host = net.JoinHostPort(u.Hostname(), strconv.Itoa(o.ProxyPort))
	}
	return u, nil
}

// redirect implements http.Client.CheckRedirect.
func (c *Client) redirect(r *http.Request, via []*http.Request) error {
	if w, ok := r.Context().Value(watchKey{}).(*stopwatch); ok && c.opt.Redirects {
		w.mark(&w.redirected)
	}
	switch {
	case !c.opt.Redirects:
		return http.ErrUseLastResponse
	case len(via) > maxRedirects:
		return errRedirects
	}
	return nil
}

// Do makes a request and waits for the answer, for as long as Options.Timeout at most. Every answer of a
// server is a Response, whatever its code; Code gives the number of an error.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.Timeout, c.opt.timeout()))
	defer cancel()
	ctx, watch := newStopwatch(ctx)
	answer, err := c.try(ctx, &r, c.preemptive())
	if err == nil && answer.Code == http.StatusUnauthorized && c.opt.User != "" {
		if credentials := c.credentials(answer, &r); credentials != "" {
			answer, err = c.try(ctx, &r, credentials)
		}
	}
	if err == nil {
		answer.Times = watch.stop()
	}
	return answer, err
}

func (c *Client) try(ctx context.Context, r *Request, credentials string) (*Response, error) {
	req, err := c.request(ctx, r, credentials)
	if err != nil {
		return nil, err
	}
	client := c.http
	if r.HTTP2 {
		client = c.h2
	}
	got, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return read(got, c.opt.maxBody())
}
