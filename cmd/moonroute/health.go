package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
)

// healthCommand makes a command that asks a running server one thing.
func healthCommand(use, short, example string, args cobra.PositionalArgs, run func(context.Context, *serverFlags, *console, []string) error) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use: use, Short: short, Long: short + ".\n\n" + serverHelp, Example: example, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			return refusal(run(cmd.Context(), &f, consoleOf(cmd), args))
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().Bool("json", false, "answer with JSON")
	return cmd
}

func uptimeCommand() *cobra.Command {
	return healthCommand("uptime", "Tell how long a server has been running", "  moonroute uptime -f kamailio.cfg", cobra.NoArgs, uptime)
}

func uptime(ctx context.Context, f *serverFlags, o *console, _ []string) error {
	values, err := f.ask(ctx, "core.uptime")
	if err != nil || len(values) == 0 {
		return err
	}
	if o.json {
		return rpc.WriteJSON(o, values[0])
	}
	seconds, _ := strconv.ParseInt(text(values[0], "uptime"), 10, 64)
	_, err = fmt.Fprintf(o, "up %v, since %s\n", time.Duration(seconds)*time.Second, text(values[0], "up_since"))
	return err
}

func psCommand() *cobra.Command {
	return healthCommand("ps", "List the shards of a server, which do what worker processes do elsewhere",
		"  moonroute ps -f kamailio.cfg\n  moonroute ps --json", cobra.NoArgs, ps)
}

// processRow is a shard, or a process of the incumbent, in JSON.
type processRow struct {
	Index       int64  `json:"index"`
	PID         int64  `json:"pid"`
	Description string `json:"description"`
}

func ps(ctx context.Context, f *serverFlags, o *console, _ []string) error {
	values, err := f.ask(ctx, "core.psx")
	if err != nil {
		return err
	}
	var rows []processRow
	for _, v := range values {
		index, _ := member(v, "IDX").(int64)
		pid, _ := member(v, "PID").(int64)
		rows = append(rows, processRow{index, pid, text(v, "DSC")})
	}
	return list(o, []string{"index", "pid", "description"}, rows, func(r processRow) []string {
		return []string{strconv.FormatInt(r.Index, 10), strconv.FormatInt(r.PID, 10), r.Description}
	})
}

func pingCommand() *cobra.Command {
	return healthCommand("ping URI", "Have a server send OPTIONS to a URI and tell the answer",
		"  moonroute ping sip:alice@example.com\n  moonroute ping sip:192.0.2.7:5080", cobra.ExactArgs(1), ping)
}

// pong is the answer to a ping in JSON.
type pong struct {
	URI    string  `json:"uri"`
	Code   int64   `json:"code"`
	Reason string  `json:"reason"`
	Millis float64 `json:"ms"`
}

func ping(ctx context.Context, f *serverFlags, o *console, args []string) error {
	if _, err := sip.ParseURI(args[0]); err != nil {
		return fmt.Errorf("%q is no SIP URI: write sip:user@host: %w", args[0], err)
	}
	headers := "From: <sip:moonroute@localhost>\r\nTo: <" + args[0] + ">\r\nContact: <sip:moonroute@localhost>\r\n"
	start := time.Now()
	values, err := f.ask(ctx, "tm.t_uac_wait_block", "OPTIONS", args[0], ".", ".", headers)
	if err != nil || len(values) == 0 {
		return err
	}
	answer := pong{URI: args[0], Millis: float64(time.Since(start).Microseconds()) / 1000}
	answer.Code, answer.Reason = statusOf(values)
	if err := o.done(answer, "%d %s in %.1f ms", answer.Code, answer.Reason, answer.Millis); err != nil || answer.Code < 300 {
		return err
	}
	return fmt.Errorf("%s is not well", args[0])
}

// statusOf reads the answer of tm, which is a structure or a line.
func statusOf(values []rpc.Value) (int64, string) {
	if s, ok := values[0].(*rpc.Struct); ok {
		code, _ := strconv.ParseInt(text(s, "code"), 10, 64)
		return code, text(s, "text")
	}
	code, _ := strconv.ParseInt(fmt.Sprint(values[0]), 10, 64)
	if len(values) > 1 {
		return code, fmt.Sprint(values[1])
	}
	return code, ""
}
