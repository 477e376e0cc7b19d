package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// rpcFlags are the flags of moonroute rpc.
type rpcFlags struct {
	addr    string
	json    bool
	timeout time.Duration
}

func rpcCommand() *cobra.Command {
	var f rpcFlags
	cmd := &cobra.Command{
		Use:   "rpc [-s ADDR] [--json] METHOD [ARG…]",
		Short: "Send a command to a running server",
		Long: "Sends one RPC command to a running server and prints its answer.\n\n" +
			"ADDR is where the server listens: unix:/path, tcp:host:port or udp:host:port (module ctl,\n" +
			"parameter binrpc), or dgram:/path and dgram:udp:host:port (module jsonrpcs, parameter\n" +
			"dgram_socket). Without -s it is the environment variable MOONROUTE_RPC, or else the first\n" +
			"of " + strings.Join(usualAddresses, " and ") + " that exists.\n\n" +
			"An ARG of digits is sent as a number; s:123 sends it as a text.",
		Example: "  moonroute rpc system.listMethods               what the server can do\n" +
			"  moonroute rpc system.methodHelp tm.stats       what one command does\n" +
			"  moonroute rpc -s unix:/tmp/ctl tm.stats\n" +
			"  moonroute rpc --json ul.dump\n" +
			"  moonroute rpc cfg.set core debug 3\n" +
			"  moonroute rpc htable.sets ipban s:192.0.2.7 s:1\n" +
			"  moonroute rpc app_lua.reload",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return f.call(cmd.Context(), cmd.OutOrStdout(), args[0], args[1:])
		},
	}
	set := cmd.Flags()
	set.StringVarP(&f.addr, "socket", "s", "", "`address` of the server")
	set.BoolVar(&f.json, "json", false, "print the answer as JSON")
	set.DurationVar(&f.timeout, "timeout", 30*time.Second, "how long to wait for the answer")
	set.SetInterspersed(false) // what follows METHOD is for the server, -1 too
	return cmd
}

// usualAddresses are tried without -s: where the modules ctl and jsonrpcs listen by themselves.
var usualAddresses = []string{
	"unix:" + kemi.DefaultRuntimeDir + "/kamailio_ctl",
	"dgram:" + kemi.DefaultRuntimeDir + "/kamailio_rpc.sock",
}

// address is where to find the server.
func (f *rpcFlags) address() string {
	if given := cmp.Or(f.addr, os.Getenv("MOONROUTE_RPC")); given != "" {
		return given
	}
	for _, addr := range usualAddresses {
		_, path, _ := strings.Cut(addr, ":")
		if _, err := os.Stat(path); err == nil {
			return addr
		}
	}
	return usualAddresses[0]
}

func (f *rpcFlags) call(ctx context.Context, out io.Writer, method string, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	addr := f.address()
	client, err := rpc.Dial(ctx, addr)
	if err != nil {
		return fmt.Errorf("no server answers on %s: %w\n"+
			"Does moonroute run, and does its configuration load module ctl (modparam binrpc) or jsonrpcs (modparam dgram_socket)?\n"+
			"Give that address with -s ADDR or in MOONROUTE_RPC", addr, err)
	}
	defer client.Close()
	params := make([]rpc.Value, len(args))
	for i, arg := range args {
		params[i] = rpcArg(arg)
	}
	reply, err := client.Call(ctx, method, params...)
	if err != nil {
		return err
	}
	if reply.Fault != nil {
		return fmt.Errorf("error: %d - %s", reply.Fault.Code, reply.Fault.Message)
	}
	return f.print(out, reply.Values)
}

// print writes the answer as kamcmd does, or as one JSON value.
func (f *rpcFlags) print(out io.Writer, values []rpc.Value) error {
	if !f.json {
		return rpc.WriteText(out, values)
	}
	if len(values) == 1 {
		return rpc.WriteJSON(out, values[0])
	}
	list := &rpc.List{}
	for _, v := range values {
		list.Add(v)
	}
	return rpc.WriteJSON(out, list)
}

// rpcArg turns an argument into the kind that kamcmd would send.
func rpcArg(arg string) rpc.Value {
	if text, ok := strings.CutPrefix(arg, "s:"); ok {
		return text
	}
	if n, err := strconv.ParseInt(arg, 10, 64); err == nil {
		return n
	}
	if arg != "" && strings.Contains("+-.0123456789", arg[:1]) {
		if x, err := strconv.ParseFloat(arg, 64); err == nil {
			return x
		}
	}
	return arg
}
