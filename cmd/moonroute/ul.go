package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/account"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/sip"
)

// ulFlags are the flags of moonroute ul.
type ulFlags struct {
	serverFlags
	table, domain string
	url           string
	database      bool

	expires        time.Duration
	q              float64
	path, received string
}

func ulCommand() *cobra.Command {
	var f ulFlags
	cmd := &cobra.Command{
		Use:   "ul",
		Short: "Show, add and remove registered contacts of a running server",
		Long: "Shows and changes where users are registered (module usrloc). It asks the running server.\n\n" + serverHelp +
			"\n\nAOR is the user, as user@domain.",
		Example: "  moonroute ul show                                   all contacts\n" +
			"  moonroute ul show alice@example.com                 those of a user\n" +
			"  moonroute ul show --db -f kamailio.cfg              what the database has\n" +
			"  moonroute ul add gw@example.com sip:192.0.2.7:5080  a permanent contact\n" +
			"  moonroute ul add --table aliases 1234@example.com sip:alice@example.com\n" +
			"  moonroute ul rm alice@example.com",
	}
	set := cmd.PersistentFlags()
	f.register(set)
	set.StringVar(&f.table, "table", "location", "`TABLE` of the contacts, as the script's lookup names it")
	set.StringVar(&f.domain, "domain", os.Getenv("SIP_DOMAIN"), "`DOMAIN` of users that are written without one")
	set.Bool("json", false, "answer with JSON")
	cmd.AddCommand(f.showCommand(), f.addCommand(),
		f.command("rm AOR [CONTACT]", "Remove a contact of a user, or all of them", cobra.RangeArgs(1, 2), f.remove),
		f.command("dump", "Show all that the server knows of all contacts; as JSON one array with an object for each user", cobra.NoArgs, f.dump))
	return cmd
}

func (f *ulFlags) command(use, short string, args cobra.PositionalArgs, run func(context.Context, *console, []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		return refusal(run(cmd.Context(), consoleOf(cmd), args))
	}}
}

func (f *ulFlags) showCommand() *cobra.Command {
	cmd := f.command("show [AOR]", "Show the contacts of a user, or of all", cobra.MaximumNArgs(1), f.show)
	cmd.Flags().BoolVar(&f.database, "db", false, "those in the database, also where no server runs")
	cmd.Flags().StringVar(&f.url, "url", "", "`URL` of that database, if it is not that of -f")
	return cmd
}

func (f *ulFlags) addCommand() *cobra.Command {
	cmd := f.command("add AOR CONTACT", "Add a contact, a permanent one unless --expires is given", cobra.ExactArgs(2), f.add)
	set := cmd.Flags()
	set.DurationVar(&f.expires, "expires", 0, "how long the contact is valid, such as 1h")
	set.Float64Var(&f.q, "q", 1, "preference, from 0 to 1")
	set.StringVar(&f.path, "path", "", "`ROUTES` to the contact, as a Path header has them")
	set.StringVar(&f.received, "received", "", "`URI` to send to in place of the contact")
	return cmd
}

// refusal tells in words what a server refuses, and what to do.
func refusal(err error) error {
	var fault *rpc.Fault
	if !errors.As(err, &fault) {
		return err
	}
	told := fmt.Errorf("the server refuses: %d %s", fault.Code, fault.Message)
	switch {
	case fault.Message == "Method Not Found" || strings.HasPrefix(fault.Message, "command ") && strings.HasSuffix(fault.Message, "not found"):
		return fmt.Errorf("%w: the module with that command is not loaded", told)
	case rpc.ReplyTooLarge(err):
		return fmt.Errorf("%w: ask for one user, or for what the database has (moonroute ul show --db)", told)
	}
	return told
}

// aor is the address of record as the server takes it.
func (f *ulFlags) aor(text string) (string, error) {
	if !strings.Contains(text, "@") && f.domain == "" {
		n, err := account.ParseName(text, anyDomain) // the server may not use domains
		return n.User, err
	}
	n, err := account.ParseName(text, f.domain)
	return n.String(), err
}

// allMethods is the mask of a contact that takes every method.
const allMethods = math.MaxUint32

func (f *ulFlags) add(ctx context.Context, o *console, args []string) error {
	aor, err := f.aor(args[0])
	if err != nil {
		return err
	}
	if _, err := sip.ParseURI(args[1]); err != nil {
		return fmt.Errorf("%q is no contact: write a SIP URI such as sip:alice@192.0.2.7:5060: %w", args[1], err)
	}
	if f.q < 0 || f.q > 1 {
		return fmt.Errorf("--q %v: a preference is a number from 0 to 1", f.q)
	}
	if f.expires < 0 || f.expires > 0 && f.expires < time.Second {
		return fmt.Errorf("--expires %v: give at least a second, or nothing for a permanent contact", f.expires)
	}
	params := []rpc.Value{f.table, aor, args[1], int64(f.expires / time.Second), f.q, orZero(f.path), int64(0), int64(0), int64(allMethods)}
	if f.received != "" {
		params = append(params, f.received)
	}
	if _, err := f.ask(ctx, "ul.add", params...); err != nil {
		return err
	}
	return o.done(contactRow{Table: f.table, AOR: aor, Contact: args[1], Q: f.q}, "%s has the contact %s", aor, args[1])
}

// orZero is how the command ul.add is told that a text is empty.
func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

func (f *ulFlags) remove(ctx context.Context, o *console, args []string) error {
	aor, err := f.aor(args[0])
	if err != nil {
		return err
	}
	if len(args) == 2 {
		if _, err := f.ask(ctx, "ul.rm_contact", f.table, aor, args[1]); err != nil {
			return fmt.Errorf("%w: moonroute ul show lists the contacts", refusal(err))
		}
		return o.done(userDone{aor, "removed"}, "%s has no longer the contact %s", aor, args[1])
	}
	if _, err := f.ask(ctx, "ul.rm", f.table, aor); err != nil {
		return err
	}
	return o.done(userDone{aor, "removed"}, "%s has no contact", aor)
}

// How many parts a dump has that does not fit into one answer: at first, and at most.
const (
	firstParts = 256
	mostParts  = 1 << 20
)

// dumps asks for all contacts, in parts where one answer does not hold them.
func (f *ulFlags) dumps(ctx context.Context, each func([]rpc.Value) error) error {
	values, err := f.ask(ctx, "ul.dump")
	switch {
	case rpc.ReplyTooLarge(err):
	case err != nil:
		return err
	default:
		return each(values)
	}
	for part := range firstParts {
		if err := f.dumpPart(ctx, part, firstParts, each); err != nil {
			return err
		}
	}
	return nil
}

// dumpPart asks for one part, and for the quarters of one that is still too large.
func (f *ulFlags) dumpPart(ctx context.Context, part, parts int, each func([]rpc.Value) error) error {
	values, err := f.ask(ctx, "ul.dump", "full", int64(part), int64(parts))
	if err == nil {
		return each(values)
	}
	if !rpc.ReplyTooLarge(err) || 4*parts > mostParts {
		return err
	}
	for i := range 4 {
		if err := f.dumpPart(ctx, part+i*parts, 4*parts, each); err != nil {
			return err
		}
	}
	return nil
}
