package httpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Request is what is asked for.
type Request struct {
	Method      string // empty: GET, or POST if there is a body
	URL         string // without a scheme it is http
	Body        string
	ContentType string // of the body; empty: that of a form, unless a header says another one
	Headers     string // further headers, lines "Name: value"
	HTTP2       bool   // speak HTTP/2 without asking the server first
}

// Errors in what was asked for.
var (
	ErrURL       = errors.New("httpclient: not a URL")
	ErrScheme    = errors.New("httpclient: the URL is neither http nor https")
	ErrHeader    = errors.New("httpclient: a header is no line of the form name: value")
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
	req.Header["User-Agent"] = []string{c.opt.UserAgent} // an empty one keeps net/http from its own
	if credentials != "" {
		req.Header.Set("Authorization", credentials)
	}
	if err := addHeaders(req, r.Headers); err != nil {
		return nil, err
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
func addHeaders(req *http.Request, lines string) error {
	seen := map[string]bool{}
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return ErrHeader
		}
		value = strings.TrimSpace(value)
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		key := http.CanonicalHeaderKey(name)
		if !seen[key] {
			req.Header.Del(key)
		}
		seen[key] = true
		req.Header.Add(key, value)
	}
	return nil
}
