package http_async_client

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/pv"
)

const options = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

// TestRequests: what $http_req sets reaches the web server, once.
func TestRequests(t *testing.T) {
	asked := make(chan string, 4)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		asked <- fmt.Sprintf("%s %s %v %s %s%s", r.Method, r.URL, r.Header["X-A"], body, user, password)
	}))
	t.Cleanup(srv.Close)
	h := kemitest.Start(t, "", corepv.Module, pv.Module, Module)
	h.Run(options, func(c *kemi.Ctx) { requests(t, h, c, srv.URL, asked) })
}

func requests(t *testing.T, h *kemitest.Host, c *kemi.Ctx, url string, asked <-chan string) {
	set := func(key string, v kemi.Value) {
		if !h.Server.Registry.FindVar("$http_req("+key+")").Set(c, v) {
			t.Errorf("$http_req(%s) cannot be set", key)
		}
	}
	query := func(at string) int64 {
		return h.Call(c, "http_async_client", "query", kemi.Str(at), kemi.Str("answer")).Int64()
	}
	set("method", kemi.Str("put"))
	set("hdr", kemi.Str("X-A: 1"))
	set("hdr", kemi.Str("X-A: 2"))
	set("body", kemi.Str("text"))
	set("username", kemi.Str("al"))
	set("password", kemi.Str("ice"))
	set("authmethod", kemi.Int(1))
	for _, want := range []string{"PUT /x [1 2] text alice", "GET /x []  "} {
		if rc := query(url + "/x"); rc != 1 {
			t.Errorf("query gives %d", rc)
		}
		if got := <-asked; got != want {
			t.Errorf("asked %q, want %q", got, want)
		}
	}
	set("body", kemi.Str("forgotten"))
	set("all", kemi.Null)
	query(url + "/y")
	if got := <-asked; got != "GET /y []  " {
		t.Errorf("asked %q", got)
	}
	if rc := query(""); rc != -1 {
		t.Errorf("without a URL: %d", rc)
	}
	set("tls_client_cert", kemi.Str("/nowhere.pem"))
	if rc := query(url + "/z"); rc != 1 {
		t.Errorf("with a certificate that nobody asks for: %d", rc)
	}
	if got := <-asked; got != "GET /z []  " {
		t.Errorf("asked %q", got)
	}
}

// TestSettings are values that $http_req takes, or does not: what comes of it is the incumbent's.
func TestSettings(t *testing.T) {
	h := kemitest.Start(t, "", corepv.Module, pv.Module, Module)
	for _, x := range []struct {
		key   string
		value kemi.Value
		taken bool
		want  request
	}{
		{"body", kemi.Str("x"), true, request{Request: httpclient.Request{Body: "x"}}},
		{"body", kemi.Null, true, request{}},
		{"body", kemi.Int(5), false, request{}},
		{"hdr", kemi.Null, true, request{}},
		{"method", kemi.Str("put"), true, request{Request: httpclient.Request{Method: "PUT"}}},
		{"method", kemi.Str("HEAD"), true, request{}},
		{"method", kemi.Null, true, request{}},
		{"timeout", kemi.Str("300"), false, request{}},
		{"suspend", kemi.Int(0), true, request{goOn: true}},
		{"suspend", kemi.Int(1), true, request{}},
		{"http_version", kemi.Int(2), true, request{Request: httpclient.Request{HTTP2: true}}},
		{"http_version", kemi.Int(1), true, request{}},
		{"keepalive", kemi.Int(1), true, request{}},
		{"ka-interval", kemi.Null, true, request{}},
		{"tls_ca_path", kemi.Str("/x"), true, request{ca: "/x"}},
	} {
		h.Run(options, func(c *kemi.Ctx) {
			taken := h.Server.Registry.FindVar("$http_req("+x.key+")").Set(c, x.value)
			if got := *requestOf(c); taken != x.taken || got != x.want {
				t.Errorf("%s = %s: %v %+v, want %v %+v", x.key, x.value.Text(), taken, got, x.taken, x.want)
			}
		})
	}
	for _, name := range []string{"$http_req(nosuch)", "$http_time(nosuch)"} {
		if v, err := h.Server.Registry.Var(name); err == nil {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// TestVariables are those of an answer.
func TestVariables(t *testing.T) {
	h := kemitest.Start(t, "", corepv.Module, pv.Module, Module)
	h.Run(options, func(c *kemi.Ctx) { readVariables(t, h, c) })
}

func readVariables(t *testing.T, h *kemitest.Host, c *kemi.Ctx) {
	if v := h.Server.Registry.FindVar("$http_rs").Get(c); !v.IsNull() {
		t.Errorf("$http_rs without an answer is %v", v)
	}
	got := &answer{id: "9", data: "mine", response: responseOf("HTTP/1.1 201 Created\r\nX-One: 1\r\nX-One: 2\r\n\r\nbody")}
	c.Keep(answerKey{}, got)
	for name, want := range map[string]string{
		"$http_ok": "1", "$http_rs": "201", "$http_rr": "Created", "$http_rb": "body", "$http_bs": "4", "$http_req_id": "9", "$http_xdata": "mine",
		"$http_hdr(x-one)": "1", "$(http_hdr(X-One)[-1])": "2", "$(http_hdr(X-One)[2])": "<null>", "$http_err": "<null>",
		"$http_mb": "HTTP/1.1 201 Created\r\nX-One: 1\r\nX-One: 2\r\n\r\nbody", "$http_ml": "48",
	} {
		v := h.Server.Registry.FindVar(name).Get(c)
		text := v.Text()
		switch {
		case v.IsNull():
			text = "<null>"
		case v.Kind() == kemi.KindInt:
			text = fmt.Sprint(v.Int64())
		}
		if text != want {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
}

func lines(text string) (head []string, body string) {
	before, body, _ := strings.Cut(text, "\r\n\r\n")
	return strings.Split(before, "\r\n"), body
}

func responseOf(text string) *httpclient.Response {
	head, body := lines(text)
	r := &httpclient.Response{Header: http.Header{}, Body: body}
	_, _ = fmt.Sscanf(head[0], "HTTP/1.1 %d %s", &r.Code, &r.Reason)
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}
