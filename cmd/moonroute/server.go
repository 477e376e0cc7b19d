package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// serverFlags say which running server a command is for.
type serverFlags struct {
	addr    string
	file    string
	defines []string
	timeout time.Duration
}

const serverHelp = "ADDR is where the server listens: unix:/path, tcp:host:port or udp:host:port (module ctl,\n" +
	"parameter binrpc), or dgram:/path and dgram:udp:host:port (module jsonrpcs, parameter\n" +
	"dgram_socket). Without -s it is what the configuration says (-f FILE or -f SCRIPT.lua), or the\n" +
	"environment variable MOONROUTE_RPC, or else where those modules listen by themselves, in\n" +
	kemi.DefaultRuntimeDir + "."

func (f *serverFlags) register(set *pflag.FlagSet) {
	set.StringVarP(&f.addr, "socket", "s", "", "`address` of the server")
	set.StringVarP(&f.file, "file", "f", "", "configuration `FILE` or SCRIPT.lua that the server runs with")
	set.StringArrayVarP(&f.defines, "define", "A", nil, "preprocessor define for FILE, `NAME[=VALUE]`; may be repeated")
	set.DurationVar(&f.timeout, "timeout", 30*time.Second, "how long to wait for the answer")
}

// usualAddresses are where the modules ctl and jsonrpcs listen by themselves.
var usualAddresses = []string{
	"unix:" + kemi.DefaultRuntimeDir + "/kamailio_ctl",
	"dgram:" + kemi.DefaultRuntimeDir + "/kamailio_rpc.sock",
}

// address is where to find the server.
func (f *serverFlags) address() (string, error) {
	if f.addr == "" && f.file != "" {
		return f.configured()
	}
	if given := cmp.Or(f.addr, os.Getenv("MOONROUTE_RPC")); given != "" {
		return given, nil
	}
	for _, addr := range usualAddresses {
		_, file, _ := strings.Cut(addr, ":")
		if _, err := os.Stat(file); err == nil {
			return addr, nil
		}
	}
	return usualAddresses[0], nil
}

// configured is the address in the configuration. That of ctl is preferred: a datagram
// bounds the length of an answer.
func (f *serverFlags) configured() (string, error) {
	cfg, err := loadFor(f.file, f.defines)
	if err != nil {
		return "", err
	}
	addr := usualAddresses[0]
	for _, p := range cfg.Params {
		switch {
		case p.Name == "binrpc" && p.Matches("ctl"):
			return p.Value.Str, nil
		case p.Name == "dgram_socket" && p.Matches("jsonrpcs"):
			addr = "dgram:" + inRuntimeDir(p.Value.Str)
		}
	}
	return addr, nil
}

// inRuntimeDir is the place of a socket that is named without a folder.
func inRuntimeDir(name string) string {
	if path.IsAbs(name) || strings.Contains(name, ":") {
		return name
	}
	return filepath.Join(kemi.DefaultRuntimeDir, name)
}

// loadFor reads a configuration, or what a script alone runs with.
func loadFor(file string, defines []string) (*config.Config, error) {
	if strings.HasSuffix(file, ".lua") {
		return (&flags{script: file, defines: defines}).load()
	}
	return (&flags{file: file, defines: defines}).load()
}

// ask sends one command. A refusal of the server is a *rpc.Fault.
func (f *serverFlags) ask(ctx context.Context, method string, params ...rpc.Value) ([]rpc.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	addr, err := f.address()
	if err != nil {
		return nil, err
	}
	client, err := rpc.Dial(ctx, addr)
	if err != nil {
		return nil, unreachable{fmt.Errorf("no server answers on %s: %w\n"+
			"Does moonroute run, and does its configuration load module ctl (modparam binrpc) or jsonrpcs (modparam dgram_socket)?\n"+
			"Give that address with -s ADDR or in MOONROUTE_RPC, or the configuration with -f FILE", addr, err)}
	}
	defer client.Close()
	reply, err := client.Call(ctx, method, params...)
	if err != nil {
		return nil, unreachable{err}
	}
	if reply.Fault != nil {
		return nil, reply.Fault
	}
	return reply.Values, nil
}
