package jsonrpcs

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

const (
	defaultFIFO   = "kamailio_rpc.fifo"
	defaultSocket = "kamailio_rpc.sock"
)

// file is a FIFO or a socket: where it is and who may use it.
type file struct {
	path  string // as configured; empty: the default
	mode  int
	owner kemi.FileOwner
}

// permissions are the configured ones, or as narrow as the configured group allows.
func (f *file) permissions() fs.FileMode {
	switch {
	case f.mode != 0:
		return fs.FileMode(f.mode)
	case f.owner.HasGroup():
		return 0o660
	}
	return 0o600
}

// serve is how core/rpc opens a carrier.
type serve func(ctx context.Context, reg *rpc.Registry, addr string, opts rpc.Options) (*rpc.Carrier, error)

func (s *state) open(f *file, serve serve) error {
	def := defaultSocket
	if f == &s.fifo {
		def = defaultFIFO
	}
	addr := s.address(cmp.Or(f.path, def))
	c, err := serve(context.Background(), s.srv.RPC, addr, s.options(f))
	switch {
	case err == nil:
		s.carriers = append(s.carriers, c)
		return nil
	case f.path != "":
		return err
	}
	s.srv.Log.Warning("jsonrpcs", fmt.Sprintf("%v; the server runs without it (set the path by modparam, or the transports by modparam transport)", err))
	return nil
}

// address is the whole path of a file; an address of UDP stays as it is.
func (s *state) address(path string) string {
	if strings.HasPrefix(path, "udp:") || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.srv.RuntimeDir(), path)
}

func (s *state) options(f *file) rpc.Options {
	opts := rpc.Options{
		Pretty: s.pretty != 0, ReplyDir: s.replyDir, Mode: f.permissions(), Owner: f.owner.Owner(), Workers: s.workers,
		Report: func(err error) { s.srv.Log.Write(log.Warn, "jsonrpcs", err.Error()) },
	}
	if f == &s.dgram {
		opts.IOTimeout = time.Duration(s.timeout) * time.Millisecond
	}
	return opts
}
