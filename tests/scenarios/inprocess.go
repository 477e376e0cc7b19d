package scenarios

import (
	"context"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/tests/inproc"
)

// inside is the server in the test's own process.
type inside struct{ *inproc.Server }

func startInside(t *testing.T, n transport.Net, c *Case) (Server, error) {
	s := inproc.Start(t, inproc.Options{
		Net: n, Shards: 1, Config: withoutSocket(c.config("@DIR@")),
		Files: []inproc.File{{Name: "routes.lua", Text: c.script()}},
	})
	return inside{s}, nil
}

// withoutSocket leaves out the RPC socket and FIFO: real files and hand-moved time do not go together.
func withoutSocket(config string) string {
	var kept strings.Builder
	for line := range strings.Lines(config) {
		if !strings.Contains(line, "jsonrpcs") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// RPC implements Server.
func (s inside) RPC(ctx context.Context, method string, params []any) string {
	reply, err := (&rpc.JSONHandler{Registry: s.Server.RPC}).Handle(ctx, request(method, params))
	if err != nil {
		return err.Error()
	}
	return string(reply.Body)
}

// Stop implements Server.
func (s inside) Stop() (string, error) {
	s.Server.Stop()
	return s.Log(), nil
}
