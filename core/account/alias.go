package account

import (
	"context"

	"github.com/moonroute/moonroute/core/db"
)

// Alias is another name of a user.
type Alias struct{ Alias, Target Name }

func alias(n Name) []db.Cond {
	return []db.Cond{db.Eq("alias_username", n.User), db.Eq("alias_domain", n.Domain)}
}

// AddAlias gives a user another name, which must be neither a user's nor, unless another is
// set, a name with another target: alias_db forks a call to the targets of such a one.
func (s Store) AddAlias(ctx context.Context, a Alias, another bool) error {
	if there, err := s.Has(ctx, a.Alias); err != nil || there {
		return failed("a user "+a.Alias.String(), ErrExists, err)
	}
	where := alias(a.Alias)
	if another {
		where = append(where, a.Target.is()...)
	}
	if there, err := s.exists(ctx, aliasTable, where); err != nil || there {
		return failed("alias "+a.Alias.String(), ErrExists, err)
	}
	columns := append(a.Target.columns(), db.Col{Name: "alias_username", Value: a.Alias.User}, db.Col{Name: "alias_domain", Value: a.Alias.Domain})
	return wrap(s.DB.Write(db.Insert(aliasTable, columns...)))
}

// RemoveAlias takes a name away.
func (s Store) RemoveAlias(n Name) error {
	count, err := s.DB.WriteCount(db.Delete(aliasTable, alias(n)...))
	if err != nil || count == 0 {
		return failed("alias "+n.String(), ErrMissing, err)
	}
	return nil
}

// Aliases gives the aliases whose name or whose target is n; without n all of them.
func (s Store) Aliases(ctx context.Context, n *Name, f func(Alias) error) error {
	list := [][]db.Cond{nil}
	if n != nil {
		list = [][]db.Cond{alias(*n), n.is()}
	}
	for _, where := range list {
		q := db.Query{Table: aliasTable, Columns: []string{"alias_username", "alias_domain", "username", "domain"}, Where: where, Order: "alias_username,alias_domain"}
		err := s.DB.Each(ctx, q, func(r db.Row) error {
			return f(Alias{Name{r.Str(0), r.Str(1)}, Name{r.Str(2), r.Str(3)}})
		})
		if err != nil {
			return wrap(err)
		}
	}
	return nil
}
