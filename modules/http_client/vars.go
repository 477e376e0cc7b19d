package http_client

import (
	"net/http"
	"strconv"

	"github.com/moonroute/moonroute/core/httpclient"
	"github.com/moonroute/moonroute/kemi"
)

func errorText(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	code, err := strconv.Atoi(a.Inner)
	if err != nil {
		code = -1
	}
	return kemi.Str(httpclient.Text(code))
}

// headersKey is where the headers of the last answer are kept.
type headersKey struct{}

func (s *state) keepHeaders(c *kemi.Ctx, answer *httpclient.Response) {
	if s.responseHeaders == 0 {
		return
	}
	var kept http.Header
	if answer != nil {
		kept = answer.Header
	}
	c.Keep(headersKey{}, kept)
}

func header(_ *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	kept, _ := c.Kept(headersKey{}).(http.Header)
	if values := kept.Values(a.Inner); len(values) > 0 {
		return kemi.Str(values[0])
	}
	return kemi.Null
}
