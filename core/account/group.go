package account

import (
	"context"
	"time"

	"github.com/moonroute/moonroute/core/db"
)

// Member is a user's membership in a group.
type Member struct {
	Name
	Group string
	Since time.Time
}

// Grant makes a user a member of groups; who is one already stays so.
func (s Store) Grant(n Name, groups ...string) error {
	var writes []db.Write
	for _, g := range groups {
		if err := checkGroup(g); err != nil {
			return err
		}
		columns := append(n.columns(), db.Col{Name: "grp", Value: g}, db.Col{Name: "last_modified", Value: s.Now()})
		writes = append(writes, db.Upsert(groupTable, []string{"username", "domain", "grp"}, columns...))
	}
	return wrap(s.DB.Write(writes...))
}

// Revoke ends the membership in these groups, or in all of them if none is named.
func (s Store) Revoke(n Name, groups ...string) error {
	writes := []db.Write{}
	for _, g := range groups {
		writes = append(writes, db.Delete(groupTable, append(n.is(), db.Eq("grp", g))...))
	}
	if len(groups) == 0 {
		writes = append(writes, db.Delete(groupTable, n.is()...))
	}
	count, err := s.DB.WriteCount(writes...)
	if err != nil || count == 0 {
		return failed("such a membership of "+n.String(), ErrMissing, err)
	}
	return nil
}

// Members gives the memberships of a user; without n those of all.
func (s Store) Members(ctx context.Context, n *Name, f func(Member) error) error {
	var where []db.Cond
	if n != nil {
		where = n.is()
	}
	q := db.Query{Table: groupTable, Columns: []string{"username", "domain", "grp", "last_modified"}, Where: where, Order: "username,domain,grp"}
	return wrap(s.DB.Each(ctx, q, func(r db.Row) error {
		return f(Member{Name{r.Str(0), r.Str(1)}, r.Str(2), r.Time(3)})
	}))
}
