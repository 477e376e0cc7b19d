package group

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/regex"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// rule puts the users that an expression matches into a group.
type rule struct {
	re    *regexp.Regexp
	group int
}

var errNull = errors.New("a column is NULL")

// readRules reads the table of regular expressions. One wrong row refuses all.
func (s *state) readRules(ctx context.Context) (rules []rule, err error) {
	n := 0
	err = s.db.Each(ctx, db.Query{Table: s.reTable, Columns: []string{s.reText, s.reGroup}}, func(row db.Row) error {
		n++
		if row.IsNull(0) || row.IsNull(1) {
			return fmt.Errorf("table %s, row %d: %w", s.reTable, n, errNull)
		}
		re, err := regex.Compile(row.Str(0), regex.FoldCase)
		if err != nil {
			return fmt.Errorf("table %s, row %d: %q: %w", s.reTable, n, row.Str(0), err)
		}
		rules = append(rules, rule{re, int(row.Int(1))})
		return nil
	})
	return rules, err
}

func (s *state) userGroup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	into := c.Server.Registry.FindVar(a.Str(1))
	if into == nil || into.Name() != "avp" {
		c.Misuse("group.get_user_group", fmt.Sprintf("%q is no AVP", a.Str(1)))
		return no
	}
	u, err := sip.ParseURI(a.Str(0))
	if err != nil || u.User == "" {
		return no
	}
	found := 0
	for _, r := range slices.Backward(s.rules) { // the last row first, as the incumbent
		if !r.re.MatchString("sip:"+u.User+"@"+u.Host) || !into.Set(c, kemi.Int(r.group)) {
			continue
		}
		if found++; s.allGroups == 0 {
			break
		}
	}
	if found == 0 {
		return no
	}
	return kemi.Int(found)
}
