package acc

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// logRequest accounts the request in hand, whatever its flags.
func (s *state) logRequest(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	r := s.asked(c, a.Str(0))
	if r == nil {
		return kemi.Int(-1)
	}
	r.to = 1 << toLog
	s.write(c.Msg.Shard, r)
	return kemi.Int(1)
}

// asked is the record of the request in hand that the script asks for, or nil if there can be none.
func (s *state) asked(c *kemi.Ctx, comment string) *record {
	if c.Msg == nil || !c.Msg.IsRequest {
		return nil
	}
	code, reason, ok := parseComment(comment)
	if !ok {
		return nil
	}
	return &record{kind: &accounted, msg: c.Msg, code: code, reason: reason, toTag: s.replyTag(c.Msg)}
}

// replyTag is the To tag of a request, or the one that replies of ours give it.
func (s *state) replyTag(m *route.Message) string {
	if tag := messageTag(m); tag != "" {
		return tag
	}
	if t := tm.Of(m); t != nil {
		return t.Tag()
	}
	return s.srv.Core.StatelessTag(m)
}

// parseComment splits "404 Not found". A comment that does not begin with three digits has
// no code, and one that begins with a dollar sign is no comment.
func parseComment(text string) (code, reason string, ok bool) {
	if text == "" || text[0] == '$' {
		return "", "", false
	}
	if len(text) < 3 || strings.Trim(text[:3], "0123456789") != "" {
		return "", text, true
	}
	return text[:3], strings.TrimLeft(text[3:], " "), true
}

// dbRequest writes the row before the script goes on, so that it learns of a table that does
// not take it. While the database cannot be reached the row is kept.
func (s *state) dbRequest(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.store == nil {
		s.srv.Log.Once("acc_db_request", log.Err, "acc", "acc_db_request: no database is configured for accounting")
		return kemi.Int(-1)
	}
	r := s.asked(c, a.Str(0))
	if r == nil || a.Str(1) == "" {
		return kemi.Int(-1)
	}
	r.table, r.now = a.Str(1), s.srv.Clock.Now()
	w := s.begin(c.Msg.Shard, r)
	rows := s.store.rows(s, &w.ctx, r)
	w.end()
	var err error
	c.Wait(func() { err = s.store.d.Write(rows...) })
	switch {
	case err == nil:
		return kemi.Int(1)
	case errors.Is(err, db.ErrDown), errors.Is(err, db.ErrBlocked), errors.Is(err, db.ErrBusy):
		if s.store.keep(s, rows) {
			return kemi.Int(1)
		}
		return kemi.Int(-1)
	}
	s.srv.Log.Error("acc", "acc_db_request: "+err.Error())
	return kemi.Int(-1)
}

// request writes to the log, and to the table where there is a database.
func (s *state) request(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if v := s.logRequest(c, a); v.Int() < 0 || s.store == nil {
		return v
	}
	return s.dbRequest(c, a)
}
