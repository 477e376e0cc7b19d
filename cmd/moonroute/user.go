package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/account"
)

// userFlags are the flags of moonroute user.
type userFlags struct {
	accountFlags
	algorithm string
	hashOnly  bool
}

func userCommand() *cobra.Command {
	var f userFlags
	cmd := f.parent("user", "Add, list and remove subscribers, and change their passwords",
		"Manages the subscribers, who register and call with a password (table subscriber).\n\n"+
			"A password is typed at the terminal, or read as one line from the standard input. As with kamctl\n"+
			"it is stored beside its hashes: auth_db reads it where its parameter calculate_ha1 is set. With\n"+
			"--hash-only the hashes alone are stored, for auth_db with calculate_ha1=0 and password_column=ha1.",
		"  moonroute user add alice@example.com                 asks for the password\n"+
			"  pwgen 16 1 | moonroute user add alice@example.com    takes it from another program\n"+
			"  moonroute user passwd alice@example.com\n"+
			"  moonroute user list '*@example.com'\n"+
			"  moonroute user rm alice@example.com                  with the groups and aliases")
	add := f.command("add USER@DOMAIN", "Add a subscriber", "auth_db", onePasswordless, f.add)
	passwd := f.command("passwd USER@DOMAIN", "Change the password of a subscriber", "auth_db", onePasswordless, f.passwd)
	for _, c := range []*cobra.Command{add, passwd} {
		c.Flags().StringVar(&f.algorithm, "algorithm", "MD5", "digest `ALGORITHM` of the hashes: MD5 or SHA-256")
		c.Flags().BoolVar(&f.hashOnly, "hash-only", false, "store the hashes without the password")
	}
	cmd.AddCommand(add, passwd,
		f.command("rm USER@DOMAIN", "Remove a subscriber with the groups and aliases", "auth_db", cobra.ExactArgs(1), f.remove),
		f.command("list [PATTERN]", "List the subscribers; * in PATTERN stands for any text", "auth_db", cobra.MaximumNArgs(1), f.list),
		f.command("show USER@DOMAIN", "Show a subscriber with the groups and aliases", "auth_db", cobra.ExactArgs(1), f.show))
	return cmd
}

// onePasswordless takes a name, and tells users of kamctl why there is no password beside it.
func onePasswordless(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return nil
	case 2:
		return fmt.Errorf("a password is no argument, since other users of this machine can read those: leave it out to be asked for it, or write it to the standard input")
	}
	return fmt.Errorf("one user is needed: user@domain")
}

func (f *userFlags) credentials(in io.Reader, n account.Name) (account.Credentials, error) {
	password, err := readPassword(in, "Password of "+n.String())
	if err != nil {
		return account.Credentials{}, err
	}
	return account.NewCredentials(n, password, f.algorithm, !f.hashOnly)
}

// userDone is the answer to a change, in JSON.
type userDone struct {
	User string `json:"user"`
	Done string `json:"done"`
}

func (f *userFlags) add(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if err := s.Free(ctx, n); err != nil {
		return hint(err, account.ErrExists, "moonroute user passwd changes the password of a user, moonroute alias rm takes an alias away")
	}
	c, err := f.credentials(o.in, n)
	if err != nil {
		return err
	}
	if err := s.Add(ctx, n, c); err != nil {
		return err
	}
	return o.done(userDone{n.String(), "added"}, "%s is added", n)
}

func (f *userFlags) passwd(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if _, err := s.User(ctx, n); err != nil {
		return hint(err, account.ErrMissing, "moonroute user list shows who is, moonroute user add adds one")
	}
	c, err := f.credentials(o.in, n)
	if err != nil {
		return err
	}
	if err := s.SetCredentials(n, c); err != nil {
		return err
	}
	return o.done(userDone{n.String(), "changed"}, "the password of %s is changed", n)
}

func (f *userFlags) remove(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	if err := s.Remove(ctx, n); err != nil {
		return hint(err, account.ErrMissing, "moonroute user list shows who is")
	}
	return o.done(userDone{n.String(), "removed"}, "%s is removed; moonroute ul rm %s ends what is registered", n, n)
}

// userRow is a subscriber in JSON.
type userRow struct {
	User     string `json:"user"`
	Domain   string `json:"domain"`
	Password bool   `json:"password"` // is stored, beside the hashes
	HA1      bool   `json:"ha1"`
}

func (f *userFlags) list(ctx context.Context, s account.Store, o *console, args []string) error {
	var rows []userRow
	err := s.Users(ctx, optional(args), func(u account.User) error {
		rows = append(rows, userRow{u.User, u.Domain, u.Plain, u.HA1})
		return nil
	})
	if err != nil {
		return err
	}
	return list(o, []string{"user", "password", "hashes"}, rows, func(r userRow) []string {
		return []string{r.User + "@" + r.Domain, yesNo(r.Password), yesNo(r.HA1)}
	})
}

// optional is an argument that may be left out.
func optional(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// userShown is all about a subscriber in JSON.
type userShown struct {
	userRow
	Groups  []string `json:"groups"`
	Aliases []string `json:"aliases"`
}

func (f *userFlags) show(ctx context.Context, s account.Store, o *console, args []string) error {
	n, err := f.name(args[0])
	if err != nil {
		return err
	}
	u, err := s.User(ctx, n)
	if err != nil {
		return hint(err, account.ErrMissing, "moonroute user list shows who is")
	}
	shown := userShown{userRow{n.User, n.Domain, u.Plain, u.HA1}, []string{}, []string{}}
	if err := s.Members(ctx, &n, func(m account.Member) error {
		shown.Groups = append(shown.Groups, m.Group)
		return nil
	}); err != nil {
		return err
	}
	if err := s.Aliases(ctx, &n, func(a account.Alias) error {
		shown.Aliases = append(shown.Aliases, a.Alias.String())
		return nil
	}); err != nil {
		return err
	}
	return o.done(shown, "user      %s\npassword  %s\nhashes    %s\ngroups    %s\naliases   %s", n,
		yesNo(shown.Password), yesNo(shown.HA1), words(shown.Groups), words(shown.Aliases))
}
