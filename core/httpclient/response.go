package httpclient

import (
	"io"
	"net/http"
)

// Response is what a server answered.
type Response struct {
	Code   int
	Reason string
	Header http.Header
	Body   string // as much of it as may be kept
	Cut    bool   // there was more of it
	Times  Times
}

func read(got *http.Response, limit int) (*Response, error) {
	body, err := io.ReadAll(io.LimitReader(got.Body, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	r := &Response{Code: got.StatusCode, Reason: http.StatusText(got.StatusCode), Header: got.Header, Cut: len(body) > limit}
	if len(got.Status) > 4 {
		r.Reason = got.Status[4:]
	}
	r.Body = string(body[:min(len(body), limit)])
	return r, nil
}
