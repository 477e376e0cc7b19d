package main

import (
	"context"
	"fmt"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/rpc"
)

// traceFlags are the flags of moonroute trace.
type traceFlags struct {
	serverFlags
	callID, user, peer string
	calls              bool
	count              int
}

func traceCommand() *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace --user USER | --call-id ID | --peer ADDRESS",
		Short: "Follow calls of a running server live",
		Long: "Shows the messages of the calls that fit, in and out, and between them what the script did: each KSR function with\n" +
			"its arguments, result, time and line. It ends when it is interrupted. A server that nobody watches pays nothing for it.\n\n" + serverHelp,
		Example: "  moonroute trace --user bob\n  moonroute trace --user alice@example.com --peer 192.0.2.7\n  moonroute trace --call-id 1234@host --json | jq .",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return refusal(f.run(ctx, consoleOf(cmd)))
		},
	}
	set := cmd.Flags()
	f.register(set)
	set.StringVar(&f.callID, "call-id", "", "the call with this Call-ID")
	set.StringVar(&f.user, "user", "", "calls from or to `USER` or USER@HOST")
	set.StringVar(&f.peer, "peer", "", "calls with a message from or to this IP `ADDRESS`")
	set.BoolVar(&f.calls, "messages", false, "messages only, without routes and functions")
	set.IntVar(&f.count, "count", 0, "end after so many events; 0: never")
	set.Bool("json", false, "one JSON object a line")
	return cmd
}

// pollTime is how long a watcher waits when there was nothing new.
const pollTime = 200 * time.Millisecond

func (f *traceFlags) run(ctx context.Context, o *console) error {
	session, err := f.start(ctx)
	if err != nil {
		return err
	}
	defer f.stop(session)
	show := newLadder(o).show
	if o.json {
		show = jsonEvent(o)
	}
	return f.follow(ctx, show, func(last int64) ([]rpc.Value, error) { return f.ask(ctx, "trace.read", session, last) })
}

// follow shows events until the context ends or there were enough; read gives those after a number.
func (f *traceFlags) follow(ctx context.Context, show func(rpc.Value), read func(last int64) ([]rpc.Value, error)) error {
	for seen, last := 0, int64(0); ; {
		events, err := read(last)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			last, _ = strconv.ParseInt(text(e, "number"), 10, 64)
			if k := text(e, "kind"); f.calls && k != "in" && k != "out" {
				continue
			}
			show(e)
			if seen++; seen == f.count {
				return nil
			}
		}
		if len(events) == 0 && !pause(ctx, pollTime) {
			return nil
		}
	}
}

// start asks for a session.
func (f *traceFlags) start(ctx context.Context) (session rpc.Value, err error) {
	var params []rpc.Value
	for _, p := range [][2]string{{"callid", f.callID}, {"user", f.user}, {"address", f.peer}} {
		if p[1] != "" {
			params = append(params, p[0], p[1])
		}
	}
	if params == nil {
		return nil, fmt.Errorf("what is to be followed? Give --user, --call-id or --peer; see moonroute trace --help")
	}
	answer, err := f.ask(ctx, "trace.start", params...)
	if err != nil {
		return nil, err
	}
	if len(answer) == 0 {
		return nil, fmt.Errorf("trace.start gave no session")
	}
	return answer[0], nil
}

// stop ends the session; the server would forget it by itself a while later.
func (f *traceFlags) stop(session rpc.Value) {
	_, _ = f.ask(context.Background(), "trace.stop", session)
}

// pause waits; it is false if the time to end has come.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
