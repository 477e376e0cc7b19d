package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/account"
	"github.com/moonroute/moonroute/core/db/schema"
)

// accountFlags are the flags of the commands about users, groups and aliases.
type accountFlags struct {
	databaseFlags
	domain string
	force  bool
}

const nameHelp = "A user is written user@domain. Where all have one domain it may be left out: give it with\n" +
	"--domain or in the environment variable SIP_DOMAIN.\n\n" + databaseHelp

// parent makes the command that groups the others.
func (f *accountFlags) parent(name, short, long, example string) *cobra.Command {
	cmd := &cobra.Command{Use: name, Short: short, Long: long + "\n\n" + nameHelp, Example: example}
	f.register(cmd.PersistentFlags())
	cmd.PersistentFlags().StringVar(&f.domain, "domain", os.Getenv("SIP_DOMAIN"), "`DOMAIN` of users that are written without one")
	cmd.PersistentFlags().Bool("json", false, "answer with JSON")
	return cmd
}

// job is what a command does once its database is open.
type job func(ctx context.Context, s account.Store, o *console, args []string) error

// command makes one command. Its database is that of the module that reads the tables.
func (f *accountFlags) command(use, short, module string, args cobra.PositionalArgs, run job) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		url, err := f.find(module, "auth_db")
		if err != nil {
			return err
		}
		d, err := f.open(url, openTime, false)
		if err != nil {
			return err
		}
		defer d.Close()
		missing, err := schema.Missing(cmd.Context(), d, account.Tables()...)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return fmt.Errorf("%s: %s: moonroute db create makes it", d.URL(), missing[0])
		}
		return run(cmd.Context(), account.Store{DB: d, Now: time.Now}, consoleOf(cmd), args)
	}}
}

func (f *accountFlags) name(text string) (account.Name, error) {
	return account.ParseName(text, f.domain)
}

// only is the name among the arguments; nil, which stands for all, if there is none.
func (f *accountFlags) only(args []string) (*account.Name, error) {
	if len(args) == 0 {
		return nil, nil
	}
	n, err := f.name(args[0])
	return &n, err
}

// known refuses a name that is no user's, unless --force is given.
func (f *accountFlags) known(ctx context.Context, s account.Store, n account.Name) error {
	there, err := s.Has(ctx, n)
	if err == nil && !there && !f.force {
		err = fmt.Errorf("there is no user %s: moonroute user add %s makes one, and --force goes on without", n, n)
	}
	return err
}

// hint adds what to do next to the errors of an account.
func hint(err error, what error, next string) error {
	if errors.Is(err, what) {
		return fmt.Errorf("%w: %s", err, next)
	}
	return err
}
