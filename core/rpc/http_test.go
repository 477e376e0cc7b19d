package rpc

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

func TestHTTP(t *testing.T) {
	server := httptest.NewServer(NewHTTPHandler(shapes(t), Options{MaxRequest: 1000}))
	defer server.Close()
	for _, c := range []struct {
		body, want string
		status     int
	}{
		{echoRequest, echoReply, 200},
		{`{"jsonrpc":"2.0","method":"nosuch","id":2}`, `{"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":2}`, 500},
		{`{"jsonrpc":"2.0","method":"system.methodHelp","id":1}`, `{"jsonrpc":"2.0","error":{"code":400,"message":"Method Name Expected"},"id":1}`, 400},
		{`{"jsonrpc":"2.0","method":1}`, `{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"}}`, 400},
		{`{bad`, `{"jsonrpc":"2.0","error":{"code":400,"message":"Parse error"}}`, 400},
		{strings.Repeat(" ", 1000) + echoRequest, `{"jsonrpc":"2.0","error":{"code":413,"message":"Request Too Large"}}`, 413},
	} {
		resp, err := http.Post(server.URL+"/RPC", "application/json", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != c.status || string(got) != c.want || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%.60s: %d %s", c.body, resp.StatusCode, got)
		}
	}
	resp, err := http.Get(server.URL + "/RPC")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 405 {
		t.Errorf("GET: %s", resp.Status)
	}
}

func TestHTTPManyClients(t *testing.T) {
	reg := NewRegistry()
	entered := make(chan struct{})
	wait := func(c *Call) error { close(entered); <-c.Context().Done(); return c.Context().Err() }
	if err := reg.Add(Command{Name: "test.enter", Run: wait}); err != nil {
		t.Fatal(err)
	}
	h := NewHTTPHandler(reg, Options{MaxClients: 1})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "POST", "/RPC",
			strings.NewReader(`{"jsonrpc":"2.0","method":"test.enter"}`)))
	})
	<-entered
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/RPC", strings.NewReader(echoRequest)))
	if w.Code != 503 {
		t.Errorf("a second client: %d", w.Code)
	}
	cancel()
	wg.Wait()
}
