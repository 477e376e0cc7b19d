package jsonrpcs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
)

// errNotLoopback keeps the commands of a server from strangers: HTTP has no owner as a socket file has.
var errNotLoopback = errors.New("http_socket must be a loopback address: put a proxy that authenticates in front for others")

// httpHeaderTime is how long a client may take to send its request's headers.
const httpHeaderTime = 5 * time.Second

// openHTTP serves POST /RPC.
func (s *state) openHTTP() error {
	addr, err := netip.ParseAddrPort(s.httpSocket)
	if err != nil {
		return fmt.Errorf("http_socket %q: want address:port", s.httpSocket)
	}
	if !addr.Addr().IsLoopback() {
		return errNotLoopback
	}
	listener, err := net.Listen("tcp", addr.String())
	if err != nil {
		return fmt.Errorf("http_socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/RPC", rpc.NewHTTPHandler(s.srv.RPC, rpc.Options{Pretty: s.pretty != 0}))
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: httpHeaderTime}
	s.httpAt = listener.Addr().String()
	s.srv.Go(func(context.Context) { _ = s.http.Serve(listener) }) // it ends with Close
	return nil
}

func (s *state) closeHTTP() {
	if s.http != nil {
		_ = s.http.Close()
	}
}
