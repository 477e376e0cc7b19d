package luatest

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// webStub answers the HTTP requests of the script: nothing leaves the process.
type webStub struct {
	answers []webAnswer
	asked   []webRequest
}

// webAnswer is what a URL answers. The first that fits counts, the newest before older ones.
type webAnswer struct {
	method  string // "": any
	url     string // * stands for anything
	respond func(r webRequest) (webResponse, error)
}

// moreOpen puts an answer that stands for more before one that says more exactly what it is for, which counts more.
func moreOpen(a, b webAnswer) int {
	exact := func(x webAnswer) (int, int, string) {
		whole := 0
		if !strings.Contains(x.url, "*") {
			whole = 1
		}
		return whole, len(x.url) + len(x.method), x.url + x.method
	}
	aWhole, aLength, aText := exact(a)
	bWhole, bLength, bText := exact(b)
	return cmp.Or(aWhole-bWhole, aLength-bLength, strings.Compare(aText, bText))
}

// webRequest is what a script has asked.
type webRequest struct {
	method, url, body string
	header            http.Header
}

// webResponse is the answer to it.
type webResponse struct {
	status int
	body   string
	header map[string]string
}

// RoundTrip implements http.RoundTripper.
func (w *webStub) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := webRequest{method: r.Method, url: r.URL.String(), header: r.Header}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		asked.body = string(body)
	}
	w.asked = append(w.asked, asked)
	for i := len(w.answers) - 1; i >= 0; i-- {
		if a := w.answers[i]; (a.method == "" || a.method == asked.method) && fits(a.url, asked.url) {
			answer, err := a.respond(asked)
			if err != nil {
				return nil, err
			}
			return answer.response(r), nil
		}
	}
	return nil, fmt.Errorf("the test has no answer for %s %s: add one with t.http", asked.method, asked.url)
}

func (a *webResponse) response(r *http.Request) *http.Response {
	header := http.Header{}
	for name, value := range a.header {
		header.Set(name, value)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header, Request: r,
		ContentLength: int64(len(a.body)), Body: io.NopCloser(strings.NewReader(a.body)),
	}
}
