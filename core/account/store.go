package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
)

// Errors that ask the operator for another name.
var (
	ErrExists  = errors.New("is there already")
	ErrMissing = errors.New("is not there")
)

// Tables are the tables that a Store uses.
func Tables() []string { return []string{userTable, groupTable, aliasTable} }

const (
	userTable  = "subscriber"
	groupTable = "grp"
	aliasTable = "dbaliases"
)

// Store is the accounts in a database. Its methods block.
type Store struct {
	DB  *db.DB
	Now func() time.Time
}

// User is a row of the subscribers; its secrets are not read.
type User struct {
	Name
	Plain bool // the password itself is kept
	HA1   bool // the hashes are kept
}

// is are the conditions for a user's rows.
func (n Name) is() []db.Cond { return []db.Cond{db.Eq("username", n.User), db.Eq("domain", n.Domain)} }

func (n Name) columns() []db.Col {
	return []db.Col{{Name: "username", Value: n.User}, {Name: "domain", Value: n.Domain}}
}

func (c Credentials) columns() []db.Col {
	return []db.Col{{Name: "ha1", Value: c.HA1}, {Name: "ha1b", Value: c.HA1B}, {Name: "password", Value: c.Password}}
}

// Add adds a user.
func (s Store) Add(ctx context.Context, n Name, c Credentials) error {
	if err := s.Free(ctx, n); err != nil {
		return err
	}
	return wrap(s.DB.Write(db.Insert(userTable, append(n.columns(), c.columns()...)...)))
}

// Free tells whether a user may have that name: its error is ErrExists where another user
// has it, also as an alias.
func (s Store) Free(ctx context.Context, n Name) error {
	if there, err := s.Has(ctx, n); err != nil || there {
		return failed("user "+n.String(), ErrExists, err)
	}
	if there, err := s.exists(ctx, aliasTable, alias(n)); err != nil || there {
		return failed("an alias "+n.String(), ErrExists, err)
	}
	return nil
}

// SetCredentials gives a user another password.
func (s Store) SetCredentials(n Name, c Credentials) error {
	count, err := s.DB.WriteCount(db.Update(userTable, c.columns(), n.is()...))
	if err != nil || count == 0 {
		return failed("user "+n.String(), ErrMissing, err)
	}
	return nil
}

// Remove takes a user away, with the groups and the aliases.
func (s Store) Remove(ctx context.Context, n Name) error {
	if there, err := s.Has(ctx, n); err != nil || !there {
		return failed("user "+n.String(), ErrMissing, err)
	}
	return wrap(s.DB.Write(db.Delete(groupTable, n.is()...), db.Delete(aliasTable, n.is()...), db.Delete(userTable, n.is()...)))
}

// Has tells whether there is such a user.
func (s Store) Has(ctx context.Context, n Name) (bool, error) {
	return s.exists(ctx, userTable, n.is())
}

func (s Store) exists(ctx context.Context, table string, where []db.Cond) (bool, error) {
	rows, err := s.DB.Select(ctx, db.Query{Table: table, Columns: []string{"id"}, Where: where, Limit: 1})
	return len(rows) > 0, wrap(err)
}

// User reads one user.
func (s Store) User(ctx context.Context, n Name) (u User, err error) {
	err = s.users(ctx, n.is(), func(found User) error {
		u = found
		return nil
	})
	if err == nil && u.User == "" {
		err = failed("user "+n.String(), ErrMissing, nil)
	}
	return u, err
}

// Users gives the users whose names fit the pattern user@domain, in which * stands for any
// text. A pattern without @ is one of users, and an empty one is all.
func (s Store) Users(ctx context.Context, pattern string, f func(User) error) error {
	return s.users(ctx, like(pattern), f)
}

func (s Store) users(ctx context.Context, where []db.Cond, f func(User) error) error {
	q := db.Query{Table: userTable, Columns: []string{"username", "domain", "password", "ha1"}, Where: where, Order: "username,domain"}
	return wrap(s.DB.Each(ctx, q, func(r db.Row) error {
		return f(User{Name: Name{r.Str(0), r.Str(1)}, Plain: r.Str(2) != "", HA1: r.Str(3) != ""})
	}))
}

func like(pattern string) []db.Cond {
	user, domain, _ := strings.Cut(pattern, "@")
	var where []db.Cond
	for _, c := range []struct{ column, pattern string }{{"username", user}, {"domain", domain}} {
		switch {
		case c.pattern == "" || c.pattern == "*":
		case strings.Contains(c.pattern, "*"):
			where = append(where, db.Like(c.column, c.pattern))
		default:
			where = append(where, db.Eq(c.column, c.pattern))
		}
	}
	return where
}

// failed is the database's error, or else what is wrong with the name.
func failed(what string, why, err error) error {
	if err != nil {
		return wrap(err)
	}
	return fmt.Errorf("account: %s %w", what, why)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("account: %w", err)
}
