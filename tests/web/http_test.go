package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

const config = `
debug=3
listen=udp:127.0.0.1:PORT
listen=tcp:127.0.0.1:PORT
loadmodule "pv"
loadmodule "sl"
loadmodule "kex"
loadmodule "hdr"
loadmodule "textops"
loadmodule "siputils"
loadmodule "jsonrpcs"
loadmodule "xhttp"
loadmodule "app_lua"
modparam("jsonrpcs", "transport", 1)
modparam("jsonrpcs", "pretty_format", 0)
modparam("xhttp", "url_skip", "^/skipped")
modparam("xhttp", "event_callback", "ksr_xhttp_event")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

const routes = `
function ksr_request_route()
	KSR.sl.sl_send_reply(200, "OK")
end

local answers = {
	["/hello"] = function() KSR.xhttp.xhttp_reply(200, "OK", "text/plain", "hello") end,
	["/seen"] = function()
		local seen = { KSR.pv.get("$rm"), KSR.pv.get("$hu"), KSR.pv.get("$si"), KSR.pv.get("$pr"), KSR.hdr.get("X-Token"), KSR.pv.get("$rb"),
			KSR.hdr.get("Via") == "SIP/2.0/TCP " .. KSR.pv.get("$si") .. ":" .. KSR.pv.get("$sp") }
		for i = 1, 7 do seen[i] = tostring(seen[i]) end
		KSR.xhttp.xhttp_reply(200, "OK", "text/plain", table.concat(seen, "|"))
	end,
	["/header"] = function() KSR.hdr.append_to_reply("X-Answer: 42\r\n") KSR.xhttp.xhttp_reply(200, "OK", "", "") end,
	["/close"] = function() KSR.set_reply_close() KSR.xhttp.xhttp_reply(200, "OK", "", "bye") end,
	["/twice"] = function()
		local first = KSR.xhttp.xhttp_reply(200, "OK", "", "once")
		KSR.info("replies " .. first .. " " .. KSR.xhttp.xhttp_reply(200, "OK", "", "twice") .. "\n")
	end,
	["/bad"] = function() KSR.info("bad " .. KSR.xhttp.xhttp_reply(42, "OK", "", "") .. " " .. KSR.xhttp.xhttp_reply(200, "a\r\nb", "", "") .. "\n") end,
	["/sip"] = function() KSR.sl.sl_send_reply(200, "OK") end,
	["/error"] = function() error("broken") end,
	["/nothing"] = function() end,
	["/rpc"] = function() KSR.jsonrpcs.dispatch() end,
}

function ksr_xhttp_event(evname)
	local answer = answers[KSR.pv.get("$(hu{url.path})")]
	if answer then answer() end
	return 1
end
`

// withPorts puts free ports into a configuration.
func withPorts(t *testing.T, text string) string {
	t.Helper()
	return strings.NewReplacer("PORT", inproc.FreePort(t), "OTHER", inproc.FreePort(t)).Replace(text)
}

func start(t *testing.T) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{Config: withPorts(t, config), Files: []inproc.File{{Name: "routes.lua", Text: routes}}})
}

func TestHTTP(t *testing.T) {
	s := start(t)
	base := "http://" + s.Address(flow.TCP).String()
	for _, x := range []struct {
		name, method, path, body string
		code                     int
		want                     string
	}{
		{"script", "GET", "/hello", "", 200, "hello"},
		{"request in hand", "GET", "/seen?a=b", "", 200, "GET|/seen?a=b|127.0.0.1|tcp|secret||true"},
		{"body", "POST", "/seen", "k=v", 200, "POST|/seen|127.0.0.1|tcp|secret|k=v|true"},
		{"no body of HEAD", "HEAD", "/hello", "", 200, ""},
		{"two answers", "GET", "/twice", "", 200, "once"},
		{"bad answers", "GET", "/bad", "", 404, ""},
		{"answers of SIP", "GET", "/sip", "", 404, ""},
		{"error", "GET", "/error", "", 500, ""},
		{"no answer", "GET", "/nothing", "", 404, ""},
		{"skipped", "GET", "/skipped", "", 404, ""},
		{"JSON-RPC", "POST", "/rpc", `{"jsonrpc":"2.0","method":"core.echo","params":["a",1],"id":7}`, 200, `{"jsonrpc":"2.0","result":["a","1"],"id":7}`},
		{"no such command", "POST", "/rpc", `{"jsonrpc":"2.0","method":"no.such","id":8}`, 500, `{"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":8}`},
		{"no JSON", "POST", "/rpc", `junk`, 404, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			req, err := http.NewRequest(x.method, base+x.path, strings.NewReader(x.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Token", "secret")
			answer, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != x.code || string(body) != x.want {
				t.Errorf("%d %q %v, want %d %q", answer.StatusCode, body, err, x.code, x.want)
			}
		})
	}
	log := s.Log()
	for _, want := range []string{"replies 0 -1", "bad -1 -1", "broken"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

// connect opens a connection and gives a way to ask on it.
func connect(t *testing.T, s *inproc.Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(context.Background(), "tcp", s.Address(flow.TCP).String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c, bufio.NewReader(c)
}

func response(t *testing.T, in *bufio.Reader) (answer *http.Response, body string) {
	t.Helper()
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// TestConnections: many requests and SIP besides on one connection, in their order, until one asks for its end.
func TestConnections(t *testing.T) {
	s := start(t)
	c, in := connect(t, s)
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" }
	if _, err := io.WriteString(c, get("/hello")+get("/nothing")+get("/header")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{200, 404, 200} {
		answer, _ := response(t, in) //nolint:bodyclose // response has read it
		headers := answer.Header
		if answer.StatusCode != want || headers.Get("Sia") != "SIP/2.0/TCP "+c.LocalAddr().String() || !strings.HasPrefix(headers.Get("Server"), "moonroute") {
			t.Errorf("%s %v", answer.Status, headers)
		}
		if want == 200 && headers.Get("X-Answer") == "" && headers.Get("Content-Type") == "" {
			t.Error("no header of the script's")
		}
	}
	if _, err := io.WriteString(c, "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, _ := in.ReadString('\n'); line != "SIP/2.0 200 OK\r\n" {
		t.Errorf("SIP got %q", line)
	}
	for line := ""; line != "\r\n"; {
		line, _ = in.ReadString('\n')
	}
	for _, last := range []string{get("/close"), "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /hello HTTP/1.0\r\nHost: x\r\n\r\n"} {
		c, in := connect(t, s)
		if _, err := io.WriteString(c, last); err != nil {
			t.Fatal(err)
		}
		if answer, body := response(t, in); answer.StatusCode != 200 || !answer.Close || body == "" { //nolint:bodyclose // response has read it
			t.Errorf("%s %v %q", answer.Status, answer.Header, body)
		}
		if _, err := in.ReadByte(); err != io.EOF {
			t.Errorf("after %q: %v", last, err)
		}
	}
}
