package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is what is asked for.
type Request struct {
	Method      string // empty: GET, or POST if there is a body
	URL         string // without a scheme it is http
	Body        string
	ContentType string // of the body; empty: that of a form, unless a header says another one
	// Headers are further headers, lines "Name: value". As with libcurl, "Name:" takes the client's own one away, "Name;"
	// is one without a value, and other lines count for nothing.
	Headers string
	HTTP2   bool // speak HTTP/2 without asking the server first
	// Timeout is for this request, in the place of Options.Timeout, which bounds the time to connect still; 0: that of the options.
	Timeout time.Duration
}

// Errors in what was asked for.
var (
	ErrURL       = errors.New("httpclient: not a URL")
	ErrScheme    = errors.New("httpclient: the URL is neither http nor https")
	errRedirects = errors.New("httpclient: too many redirects")
)

const formType = "application/x-www-form-urlencoded"

func (c *Client) request(ctx context.Context, r *Request, credentials string) (*http.Request, error) {
	u, err := parseURL(r.URL)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.method(), u.String(), body(r.Body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("User-Agent", c.opt.UserAgent)
	if credentials != "" {
		req.Header.Set("Authorization", credentials)
	}
	addHeaders(req, r.Headers)
	if req.Header["User-Agent"] == nil {
		req.Header.Set("User-Agent", "") // keeps net/http from its own
	}
	switch {
	case r.ContentType != "":
		req.Header.Set("Content-Type", r.ContentType)
	case r.Body != "" && req.Header.Get("Content-Type") == "":
		req.Header.Set("Content-Type", formType)
	}
	return req, nil
}

func (r *Request) method() string {
	switch {
	case r.Method != "":
		return r.Method
	case r.Body != "":
		return http.MethodPost
	}
	return http.MethodGet
}

func body(text string) io.Reader {
	if text == "" {
		return nil
	}
	return strings.NewReader(text)
}

func parseURL(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, ErrScheme
	case u.Hostname() == "":
		return nil, ErrURL
	}
	return u, nil
}

// addHeaders adds lines as they are written; those that the request has already are replaced.
func addHeaders(req *http.Request, lines string) {
	seen := map[string]bool{}
	for line := range strings.Lines(lines) {
		name, value, colon := strings.Cut(strings.TrimSpace(line), ":")
		name, empty := strings.CutSuffix(name, ";")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); name == "" || !colon && !empty {
			continue
		}
		key := http.CanonicalHeaderKey(name)
		if key == "Host" {
			req.Host = value
			continue
		}
		if !seen[key] {
			req.Header.Del(key)
		}
		seen[key] = true
		if value != "" || empty {
			req.Header.Add(key, value)
		}
	}
}
