// Package ctl serves the binary control protocol that kamcmd speaks.
package ctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the ctl module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "ctl",
	Doc:  "The control interface of kamcmd: binary RPC over sockets.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.FuncParam("binrpc", kemi.KindStr, `"unix:/run/kamailio/kamailio_ctl"`, (*state).addListen, "address to listen on: unix:, unixs: or unixd: and a path, tcp: or udp: and host:port; may be given several times"),
		kemi.FuncParam("fifo", kemi.KindStr, "", (*state).addFIFO, "address of the obsolete FIFO protocol, which is not served: an error that names the alternatives"),
		kemi.IntParam("mode", 0o600, func(s *state) *int { return &s.mode }, "permissions of socket files, 0600 unless set"),
		kemi.FuncParam("user", kemi.KindNull, "who runs the server", func(s *state, v kemi.ParamValue) error { return s.owner.SetUser(v) }, "owner of socket files, by name or number"),
		kemi.FuncParam("group", kemi.KindNull, "who runs the server", func(s *state, v kemi.ParamValue) error { return s.owner.SetGroup(v) }, "group of socket files, by name or number"),
		kemi.IntParam("autoconversion", 0, func(s *state) *int { return &s.unused }, "accepted; parameters keep the kinds that the client sends"),
		kemi.IntParam("binrpc_max_body_size", 32, func(s *state) *int { return &s.unused }, "accepted; answers grow as needed, up to 16 MiB over streams"),
		kemi.IntParam("binrpc_struct_max_body_size", 8, func(s *state) *int { return &s.unused }, "accepted; structures grow as needed"),
		kemi.IntParam("binrpc_buffer_size", 1024, func(s *state) *int { return &s.unused }, "accepted; texts grow as needed"),
	},
	RPC: kemi.Commands[state]{
		{Name: "ctl.listen", Run: command("ctl.listen"), Array: true, Doc: "addresses that the control interface listens on"},
		{Name: "ctl.who", Run: command("ctl.who"), Doc: "clients that are connected to the control interface"},
		{Name: "ctl.connections", Run: command("ctl.connections"), Doc: "number of clients that are connected to the control interface"},
	},
})

// defaultListen is the address without a binrpc parameter, where kamcmd looks by itself.
const defaultListen = "unix:" + kemi.DefaultRuntimeDir + "/kamailio_ctl"

type state struct {
	listens []string
	mode    int
	owner   kemi.FileOwner
	unused  int
	server  *rpc.BinaryServer
}

func (s *state) addListen(v kemi.ParamValue) error {
	s.listens = append(s.listens, v.Str)
	return nil
}

func (s *state) addFIFO(kemi.ParamValue) error {
	return errors.New("the FIFO protocol of ctl is not served: use binrpc, or the FIFO of module jsonrpcs")
}

// Start opens all addresses. Only the default one may fail, since nobody asked for it.
func (s *state) Start(srv *kemi.Server) error {
	s.server = rpc.NewBinaryServer(srv.RPC, rpc.Options{
		Mode: fs.FileMode(s.mode), Owner: s.owner.Owner(),
		Report: func(err error) { srv.Log.Write(log.Warn, "ctl", err.Error()) },
	})
	if srv.Offline {
		return nil
	}
	for _, addr := range s.listens {
		if _, err := s.server.Listen(context.Background(), addr); err != nil {
			return err
		}
	}
	if len(s.listens) > 0 {
		return nil
	}
	if _, err := s.server.Listen(context.Background(), defaultListen); err != nil {
		srv.Log.Warning("ctl", fmt.Sprintf("%v; the server runs without it (set the address by modparam binrpc)", err))
	}
	return nil
}

// Close closes what Start opened.
func (s *state) Close() {
	if s.server != nil {
		s.server.Close()
	}
}

// command runs a command of the listeners, which exist once the module has started.
func command(name string) func(*state, *rpc.Call) error {
	return func(s *state, c *rpc.Call) error {
		for _, cmd := range s.server.Commands() {
			if cmd.Name == name {
				return cmd.Run(c)
			}
		}
		return c.Fault(500, "no such command")
	}
}
