package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/account"
)

func aliasCommand() *cobra.Command {
	var f accountFlags
	another := false
	cmd := f.parent("alias", "Add, remove and show other names of users",
		"Manages aliases: names that stand for a user, which scripts look up with\n"+
			"KSR.alias_db.lookup (table dbaliases). Aliases that KSR.registrar.lookup finds are permanent\n"+
			"contacts of the table aliases: moonroute ul add --table aliases makes them.",
		"  moonroute alias add 1234@example.com alice@example.com\n"+
			"  moonroute alias show alice@example.com           all names of a user, or the user of a name\n"+
			"  moonroute alias rm 1234@example.com")
	add := f.command("add ALIAS@DOMAIN USER@DOMAIN", "Give a user another name", "alias_db", cobra.ExactArgs(2),
		func(ctx context.Context, s account.Store, o *console, args []string) error {
			return f.addAlias(ctx, s, o, args, another)
		})
	add.Flags().BoolVar(&f.force, "force", false, "also to a name that is no subscriber's")
	add.Flags().BoolVar(&another, "another", false, "add a target to an alias that has one: calls fork to all of them")
	cmd.AddCommand(add,
		f.command("rm ALIAS@DOMAIN", "Take a name away", "alias_db", cobra.ExactArgs(1), f.removeAlias),
		f.command("show [NAME@DOMAIN]", "Show the aliases with that name or of that user, or all", "alias_db", cobra.MaximumNArgs(1), f.aliases))
	return cmd
}

func (f *accountFlags) addAlias(ctx context.Context, s account.Store, o *console, args []string, another bool) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	target, err := f.name(args[1])
	if err != nil {
		return err
	}
	if err := f.known(ctx, s, target); err != nil {
		return err
	}
	if err := s.AddAlias(ctx, account.Alias{Alias: n, Target: target}, another); err != nil {
		return hint(err, account.ErrExists, "moonroute alias show tells whose it is, and --another adds a target")
	}
	return o.done(aliasRow{n.String(), target.String()}, "%s is %s", n, target)
}

func (f *accountFlags) removeAlias(_ context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if err := s.RemoveAlias(n); err != nil {
		return hint(err, account.ErrMissing, "moonroute alias show lists them")
	}
	return o.done(userDone{n.String(), "removed"}, "%s is removed", n)
}

// aliasRow is an alias in JSON.
type aliasRow struct {
	Alias string `json:"alias"`
	User  string `json:"user"`
}

func (f *accountFlags) aliases(ctx context.Context, s account.Store, o *console, args []string) error {
	only, err := f.only(args)
	if err != nil {
		return err
	}
	var rows []aliasRow
	err = s.Aliases(ctx, only, func(a account.Alias) error {
		rows = append(rows, aliasRow{a.Alias.String(), a.Target.String()})
		return nil
	})
	if err != nil {
		return err
	}
	return list(o, []string{"alias", "user"}, rows, func(r aliasRow) []string { return []string{r.Alias, r.User} })
}
