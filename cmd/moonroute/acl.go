package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/account"
)

func aclCommand() *cobra.Command {
	var f accountFlags
	cmd := f.parent("acl", "Grant, revoke and show the membership of users in groups",
		"Manages what users may do: scripts ask for the membership in a group with\n"+
			"KSR.group.is_user_in (table grp).",
		"  moonroute acl grant alice@example.com local int\n"+
			"  moonroute acl show alice@example.com\n"+
			"  moonroute acl revoke alice@example.com int\n"+
			"  moonroute acl revoke alice@example.com         all groups")
	grant := f.command("grant USER@DOMAIN GROUP…", "Make a user a member of groups", "group", cobra.MinimumNArgs(2), f.grant)
	grant.Flags().BoolVar(&f.force, "force", false, "also for a name that is no subscriber's")
	cmd.AddCommand(grant,
		f.command("revoke USER@DOMAIN [GROUP…]", "End the membership in groups, or in all", "group", cobra.MinimumNArgs(1), f.revoke),
		f.command("show [USER@DOMAIN]", "Show the groups of a user, or of all", "group", cobra.MaximumNArgs(1), f.members))
	return cmd
}

func (f *accountFlags) grant(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if err := f.known(ctx, s, n); err != nil {
		return err
	}
	if err := s.Grant(n, args[1:]...); err != nil {
		return err
	}
	return f.members(ctx, s, o, args[:1])
}

func (f *accountFlags) revoke(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if err := s.Revoke(n, args[1:]...); err != nil {
		return hint(err, account.ErrMissing, "moonroute acl show lists them")
	}
	return f.members(ctx, s, o, args[:1])
}

// memberRow is a membership in JSON.
type memberRow struct {
	User  string    `json:"user"`
	Group string    `json:"group"`
	Since time.Time `json:"since"`
}

func (f *accountFlags) members(ctx context.Context, s account.Store, o *console, args []string) error {
	only, err := f.only(args)
	if err != nil {
		return err
	}
	var rows []memberRow
	err = s.Members(ctx, only, func(m account.Member) error {
		rows = append(rows, memberRow{m.Name.String(), m.Group, m.Since})
		return nil
	})
	if err != nil {
		return err
	}
	return list(o, []string{"user", "group", "since"}, rows, func(r memberRow) []string {
		return []string{r.User, r.Group, r.Since.Format(time.DateTime)}
	})
}
