package luatest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// equal is t.equal(actual, expected, [what]): tables are compared by what is in them.
func equal(c *call) ([]glua.LValue, error) {
	actual, expected := show(c.L.Get(1)), show(c.L.Get(2))
	if actual == expected {
		return nil, nil
	}
	what := cmp.Or(c.L.OptString(3, ""), "the value")
	if strings.Contains(actual+expected, "\n") {
		return nil, &failure{text: what + " is not as expected", detail: sideBySide(expected, actual)}
	}
	return nil, failf("%s is %s, and should be %s", what, actual, expected)
}

// ok is t.ok(condition, [what]).
func ok(c *call) ([]glua.LValue, error) {
	if glua.LVAsBool(c.L.Get(1)) {
		return nil, nil
	}
	return nil, failf("%s", c.L.OptString(2, "this should be true"))
}

// match is t.match(text, wanted): * in what is wanted stands for anything.
func match(c *call) ([]glua.LValue, error) {
	actual, wanted := c.L.Get(1).String(), c.L.CheckString(2)
	if fits(wanted, actual) {
		return nil, nil
	}
	return nil, &failure{text: "the text is not as expected", detail: sideBySide(wanted, actual)}
}

func fail(c *call) ([]glua.LValue, error) { return nil, failf("%s", c.L.CheckString(1)) }

// rawLines is text typed into a test, with the line ends of the wire.
func rawLines(text string) string {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// setHTTP is t.http{["GET http://host/path"] = {status =, body =, headers =}}: an answer, a text, or a function of the request.
func setHTTP(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	var given []webAnswer
	c.L.CheckTable(1).ForEach(func(k, v glua.LValue) {
		a := webAnswer{url: k.String()}
		if method, url, ok := strings.Cut(a.url, " "); ok {
			a.method, a.url = method, url
		}
		a.respond = func(r webRequest) (webResponse, error) { return c.webAnswer(v, r) }
		given = append(given, a)
	})
	slices.SortFunc(given, moreOpen) // a table has no order
	w.web.answers = append(w.web.answers, given...)
	return nil, nil
}

// webAnswer makes a response of what the test gave.
func (c *call) webAnswer(v glua.LValue, r webRequest) (webResponse, error) {
	answer := webResponse{status: http.StatusOK, header: map[string]string{}}
	if f, ok := v.(*glua.LFunction); ok {
		if err := c.s.L.CallByParam(glua.P{Fn: f, NRet: 1, Protect: true}, c.webRequest(r)); err != nil {
			return answer, c.s.explain(err)
		}
		v = c.s.L.Get(-1)
		c.s.L.Pop(1)
	}
	t, ok := v.(*glua.LTable)
	if !ok {
		answer.body = v.String()
		return answer, nil
	}
	return answer, reader{
		"status": integer(&answer.status), "body": text(&answer.body),
		"headers": func(v glua.LValue) error {
			if list, ok := v.(*glua.LTable); ok {
				list.ForEach(func(k, v glua.LValue) { answer.header[k.String()] = v.String() })
			}
			return nil
		},
	}.read(t)
}

func (c *call) webRequest(r webRequest) glua.LValue {
	t := c.L.NewTable()
	t.RawSetString("method", glua.LString(r.method))
	t.RawSetString("url", glua.LString(r.url))
	t.RawSetString("body", glua.LString(r.body))
	header := c.L.NewTable()
	for name := range r.header {
		header.RawSetString(name, glua.LString(r.header.Get(name)))
	}
	t.RawSetString("headers", header)
	return t
}

// webRequests is t.http_requests(): what the script has asked of web servers.
func webRequests(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	t := c.L.NewTable()
	for _, r := range w.web.asked {
		t.Append(c.webRequest(r))
	}
	return one(t), nil
}
