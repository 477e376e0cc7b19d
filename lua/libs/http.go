package libs

import (
	"context"
	"net/http"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/httpclient"
)

const (
	webTimeout = 60 * time.Second // LuaSocket's default
	webAgent   = "LuaSocket 3.0.0"
	webStep    = 2048 // bytes that a sink gets at once
)

// openHTTP makes socket.http.
func openHTTP(h Host, L *glua.LState) int {
	return openWeb(h, L, httpclient.TLS{SkipChain: true, SkipName: true})
}

// openHTTPS makes ssl.https. As with LuaSec no certificate is looked at, unless a request says verify = "peer".
func openHTTPS(h Host, L *glua.LState) int { return openHTTP(h, L) }

func openWeb(h Host, L *glua.LState, tls httpclient.TLS) int {
	w := &web{host: h, tls: tls}
	w.lib = pushTable(L, map[string]glua.LGFunction{"request": w.request})
	w.lib.RawSetString("TIMEOUT", glua.LNumber(webTimeout.Seconds()))
	w.lib.RawSetString("USERAGENT", glua.LString(webAgent))
	w.lib.RawSetString("_VERSION", glua.LString("socket.http 3.0.0"))
	return 1
}

// web is the library in one state. Its settings are fields of its table: TIMEOUT, USERAGENT, PROXY.
type web struct {
	host Host
	lib  *glua.LTable
	tls  httpclient.TLS
}

// exchange is one request as the script asks for it.
type exchange struct {
	httpclient.Request
	options httpclient.Options
	sink    *glua.LFunction
	plain   bool // request(url [, body]): the body is the first result
}

// request is request(url [, body]), which gives the body, or request{url=, sink=, source=, method=, headers=, ...}, which gives 1;
// behind it the code, the headers and the status line. A failure gives nil and the reason.
func (w *web) request(L *glua.LState) int {
	if err := w.host.Handles().room(); err != nil {
		return failed(L, err.Error())
	}
	x, reason := w.read(L)
	if reason != "" {
		return failed(L, reason)
	}
	client, err := httpclient.New(x.options)
	if err != nil {
		return failed(L, err.Error())
	}
	var answer *httpclient.Response
	w.host.Wait(L, func() {
		defer client.Close()
		answer, err = client.Do(context.Background(), x.Request)
	})
	switch {
	case err != nil:
		return failed(L, webReason(err))
	case answer.Cut:
		return failed(L, "the answer is longer than a text may be")
	}
	return w.answer(L, x, answer)
}

// read reads the arguments. The reason says why there is nothing to be asked.
func (w *web) read(L *glua.LState) (x *exchange, reason string) {
	x = &exchange{options: w.options()}
	form, ok := L.Get(1).(*glua.LTable)
	if !ok {
		x.plain, x.URL = true, L.CheckString(1)
		x.options.Redirects = L.Get(2) == glua.LNil
		if !x.options.Redirects {
			x.Method, x.Body = "POST", L.CheckString(2)
		}
		return x, ""
	}
	x.URL = fieldOr(form, "url", "")
	x.Method = strings.ToUpper(fieldOr(form, "method", "GET"))
	x.options.Redirects = form.RawGetString("redirect") != glua.LFalse && (x.Method == http.MethodGet || x.Method == http.MethodHead)
	x.options.Proxy = fieldOr(form, "proxy", x.options.Proxy)
	x.readTLS(form)
	if headers, ok := form.RawGetString("headers").(*glua.LTable); ok {
		x.Headers = headerLines(headers)
	}
	x.sink, _ = form.RawGetString("sink").(*glua.LFunction)
	source, ok := form.RawGetString("source").(*glua.LFunction)
	if !ok {
		return x, ""
	}
	x.Body, reason = w.collect(L, source)
	if x.Body != "" && !strings.Contains(strings.ToLower(x.Headers), "content-type:") {
		x.ContentType = "application/octet-stream"
	}
	return x, reason
}

func (w *web) options() httpclient.Options {
	o := httpclient.Options{
		UserAgent: fieldOr(w.lib, "USERAGENT", webAgent), Proxy: fieldOr(w.lib, "PROXY", ""), TLS: w.tls,
		MaxBody: w.host.MaxText(), Timeout: webTimeout, RoundTripper: w.host.Server().HTTP,
	}
	if n, ok := w.lib.RawGetString("TIMEOUT").(glua.LNumber); ok && n > 0 {
		o.Timeout = seconds(n)
	}
	return o
}

// readTLS reads the fields that LuaSec has.
func (x *exchange) readTLS(form *glua.LTable) {
	t := &x.options.TLS
	t.CAFile, t.CertFile, t.KeyFile = fieldOr(form, "cafile", ""), fieldOr(form, "certificate", ""), fieldOr(form, "key", "")
	if fieldOr(form, "verify", "none") != "none" {
		t.SkipChain, t.SkipName = false, false
	}
}

// headerLines leaves out what follows from the body.
func headerLines(headers *glua.LTable) string {
	var lines strings.Builder
	headers.ForEach(func(k, v glua.LValue) {
		name := strings.ToLower(k.String())
		if name != "content-length" && name != "transfer-encoding" && glua.LVCanConvToString(v) {
			lines.WriteString(k.String() + ": " + strings.NewReplacer("\r", "", "\n", "").Replace(v.String()) + "\r\n")
		}
	})
	return lines.String()
}

// collect asks a source for all that it has.
func (w *web) collect(L *glua.LState, source *glua.LFunction) (body, reason string) {
	var all strings.Builder
	for {
		L.Push(source)
		L.Call(0, 2)
		chunk, why := L.Get(-2), L.Get(-1)
		L.Pop(2)
		if chunk == glua.LNil {
			if why != glua.LNil {
				return "", why.String()
			}
			return all.String(), ""
		}
		all.WriteString(chunk.String())
		w.host.Room(L, all.Len())
	}
}

// answer pushes the results.
func (w *web) answer(L *glua.LState, x *exchange, answer *httpclient.Response) int {
	w.host.Room(L, len(answer.Body))
	switch {
	case x.plain:
		L.Push(glua.LString(answer.Body))
	default:
		if reason := feed(L, x.sink, answer.Body); reason != "" {
			return failed(L, reason)
		}
		L.Push(glua.LNumber(1))
	}
	L.Push(glua.LNumber(answer.Code))
	headers := L.NewTable()
	for name, values := range answer.Header {
		headers.RawSetString(strings.ToLower(name), glua.LString(strings.Join(values, ", ")))
	}
	L.Push(headers)
	L.Push(glua.LString("HTTP/1.1 " + statusText(answer)))
	return 4
}

func statusText(answer *httpclient.Response) string {
	return glua.LNumber(answer.Code).String() + " " + answer.Reason
}

// feed gives a body to a sink in pieces, and the end. It gives the reason why the sink does not want more.
func feed(L *glua.LState, sink *glua.LFunction, body string) string {
	if sink == nil {
		return ""
	}
	for {
		chunk := glua.LNil
		if n := min(len(body), webStep); n > 0 {
			chunk, body = glua.LString(body[:n]), body[n:]
		}
		L.Push(sink)
		L.Push(chunk)
		L.Call(1, 2)
		ok, why := L.Get(-2), L.Get(-1)
		L.Pop(2)
		switch {
		case chunk == glua.LNil:
			return ""
		case glua.LVIsFalse(ok) && why != glua.LNil:
			return why.String()
		case glua.LVIsFalse(ok):
			return "the sink takes no more"
		}
	}
}

// webReasons are LuaSocket's words for the numbers of failures that httpclient.Code gives.
var webReasons = map[int]string{
	1: "scheme not supported", 3: "invalid url", 6: "host or service not provided, or not known", 7: "connection refused", 28: "timeout",
	35: "wrong version number", 52: "closed", 60: "certificate verify failed",
}

func webReason(err error) string {
	if reason, ok := webReasons[httpclient.Code(err)]; ok {
		return reason
	}
	return err.Error()
}
