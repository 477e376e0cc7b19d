package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/rpc"
)

// rpcFlags are the flags of moonroute rpc.
type rpcFlags struct {
	serverFlags
	json bool
}

func rpcCommand() *cobra.Command {
	var f rpcFlags
	cmd := &cobra.Command{
		Use:   "rpc [-s ADDR] [--json] METHOD [ARG…]",
		Short: "Send a command to a running server",
		Long: "Sends one RPC command to a running server and prints its answer.\n\n" + serverHelp + "\n\n" +
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
	f.register(set)
	set.BoolVar(&f.json, "json", false, "print the answer as JSON")
	set.SetInterspersed(false) // what follows METHOD is for the server, -1 too
	return cmd
}

func (f *rpcFlags) call(ctx context.Context, out io.Writer, method string, args []string) error {
	params := make([]rpc.Value, len(args))
	for i, arg := range args {
		params[i] = rpcArg(arg)
	}
	values, err := f.ask(ctx, method, params...)
	var fault *rpc.Fault
	if errors.As(err, &fault) {
		return fmt.Errorf("error: %d - %s", fault.Code, fault.Message)
	}
	if err != nil {
		return err
	}
	return f.print(out, values)
}

// print writes the answer as kamcmd does, or as one JSON value.
func (f *rpcFlags) print(out io.Writer, values []rpc.Value) error {
	if !f.json {
		return rpc.WriteText(out, values)
	}
	if len(values) == 1 {
		return rpc.WriteJSON(out, distinct(values[0]))
	}
	list := &rpc.List{}
	for _, v := range values {
		list.Add(distinct(v))
	}
	return rpc.WriteJSON(out, list)
}

// distinct makes a list of a struct in which a name occurs more than once, as the binary
// protocol has lists with names: readers of JSON keep only the last member of a name.
func distinct(v rpc.Value) rpc.Value {
	given, ok := v.(*rpc.Struct)
	if !ok {
		return v
	}
	seen := map[string]bool{}
	members, list := &rpc.Struct{}, &rpc.List{}
	for name, inner := range given.All {
		inner = distinct(inner)
		seen[name] = true
		members.Add(name, inner)
		list.AddNamed(name, inner)
	}
	if len(seen) < given.Len() {
		return list
	}
	return members
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
