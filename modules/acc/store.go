package acc

import (
	"context"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// The two tables.
const (
	accTable = iota
	missedTable
)

// tableVersions are the forms that this module knows.
var tableVersions = [...]int{accTable: 5, missedTable: 4}

// columnNames are the columns that every record has.
var columnNames = [...]string{"method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time"}

// store is the database of the records.
type store struct {
	d      *db.DB
	tables [2]*kemi.Format
	extras []extra
}

func (s *state) openStore(srv *kemi.Server) (*store, error) {
	d, err := srv.DB(s.dbURL)
	if err != nil {
		return nil, err
	}
	st := &store{d: d}
	if st.extras, err = parseExtras(srv.Registry, "db_extra", s.dbExtraText); err != nil {
		return nil, err
	}
	for i, name := range s.tableNames {
		if st.tables[i], err = srv.Registry.Format(name); err != nil {
			return nil, err
		}
		if s.versionCheck == 0 || !st.tables[i].Constant() {
			continue
		}
		if err := d.CheckVersion(context.Background(), name, tableVersions[i]); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// keep leaves rows to be written when the database takes them: what happened in the network
// is accounted although the database is away. It tells whether there was room for them.
func (st *store) keep(s *state, rows []db.Write) bool {
	err := st.d.Later(rows...)
	if err != nil {
		s.srv.Log.Once("acc lost rows", log.Err, "acc", "records are lost: "+err.Error()+"; statistic db:dropped counts them")
	}
	return err == nil
}

// rows are the rows of a record: one, or one for each leg. A tag that is too long for its
// column must not keep a call out of the accounts, so values are cut.
func (st *store) rows(s *state, c *kemi.Ctx, r *record) []db.Write {
	table := r.table
	if table == "" {
		table = st.tables[r.kind.table].Text(c)
	}
	cols := st.columns(s, c, r)
	if len(s.legs) == 0 {
		return []db.Write{db.InsertCut(table, cols...)}
	}
	var rows []db.Write
	eachLeg(s.legs, r.msg.Vars, func(values []*route.Value) {
		row := append(make([]db.Col, 0, len(cols)+len(values)), cols...)
		for k, v := range values {
			row = append(row, db.Col{Name: s.legs[k].name, Value: s.legValue(v)})
		}
		rows = append(rows, db.InsertCut(table, row...))
	})
	return rows
}

func (s *state) legValue(v *route.Value) any {
	if v == nil {
		return s.absent()
	}
	return string(appendAVP(nil, *v))
}

// absent is what stands in a column whose variable has no value.
func (s *state) absent() any {
	if s.nullable != 0 {
		return nil
	}
	return ""
}

// columns are those that do not depend on the leg. Their texts are copies: rows may wait for
// longer than the message is needed.
func (st *store) columns(s *state, c *kemi.Ctx, r *record) []db.Col {
	cols := make([]db.Col, 0, len(s.columns)+2+len(st.extras))
	fromTag, toTag := r.tags()
	for i, text := range [...]string{r.msg.MethodName, fromTag, toTag, r.msg.CallID(), r.code, r.reason} {
		cols = append(cols, db.Col{Name: s.columns[i], Value: strings.Clone(text)})
	}
	cols = append(cols, db.Col{Name: s.columns[len(columnNames)-1], Value: r.now})
	cols = s.timeColumns(cols, c, r.now)
	for i := range st.extras {
		value := s.absent()
		if x := st.extras[i].value.Get(c); !x.IsNull() {
			value = string(x.AppendText(nil))
		}
		cols = append(cols, db.Col{Name: st.extras[i].name, Value: value})
	}
	return cols
}

// timeColumns are the further ones of time_mode.
func (s *state) timeColumns(cols []db.Col, c *kemi.Ctx, now time.Time) []db.Col {
	switch s.timeMode {
	case timeMicros:
		return append(cols, db.Col{Name: s.timeAttr, Value: now.Unix()}, db.Col{Name: s.timeExten, Value: now.Nanosecond() / 1000})
	case timeMillis:
		return append(cols, db.Col{Name: s.timeAttr, Value: float64(now.UnixMicro()) / 1e6})
	case timeLocal, timeUTC:
		return append(cols, db.Col{Name: s.timeAttr, Value: string(s.clock.Get(c).AppendText(nil))})
	}
	return cols
}
