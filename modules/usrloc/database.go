package usrloc

import (
	"context"
	"fmt"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/location/locdb"
	"github.com/moonroute/moonroute/core/sip"
)

// openDatabase connects to the database, if there is to be one.
func (s *state) openDatabase() (err error) {
	if s.dbMode == memoryOnly {
		return nil
	}
	if s.db, err = s.server.DB(s.dbURL); err != nil {
		return fmt.Errorf("db_url: %w", err)
	}
	s.rows = locdb.Settings{
		Columns: s.columns, UseDomain: s.useDomain != 0, Seconds: s.expiresType != 0, ByContact: s.opsRUID == 0,
		UpdateAsInsert: s.updateAsInsert != 0, InsertUpdate: s.insertUpdate != 0, Attrs: s.xavpContact != "",
		InsertNull: s.insertNull != 0, CheckUpdate: s.checkUpdate != 0,
		OwnOnly: s.serverIDFilter != 0, SkipRemote: s.skipRemote != 0, SkipStreams: s.cleanTCP != 0,
		ServerID: s.location.Rules.ServerID, NATFlag: s.natFlag, Started: s.now(), Socket: s.socket,
	}
	return nil
}

// socket finds a listen socket by its text; nil if it is none of ours.
func (s *state) socket(text string) *flow.Socket {
	if text == "" {
		return nil
	}
	for _, known := range s.server.Core.Sockets() {
		if sip.EqualFold(known.String(), text) {
			return known
		}
	}
	return nil
}

// prepare checks the form of a database table and removes what a restart has ended.
func (s *state) prepare(t *locdb.Table) error {
	if s.versionTable != 0 {
		if err := t.Check(context.Background()); err != nil {
			return err
		}
	}
	if s.cleanTCP != 0 && s.dbMode != loadOnly {
		return t.CleanStreams()
	}
	return nil
}

// fill reads a table and has its later changes kept. It blocks until the last row.
func (s *state) fill(t *table) error {
	if s.dbMode != memoryOnly && s.dbMode != databaseOnly && (s.dbLoad != 0 || s.dbMode == loadOnly) {
		err := t.rows.LoadAll(context.Background(), s.now(), func(c location.Contact) { t.Restore(c) })
		if err != nil {
			return err
		}
	}
	switch s.dbMode {
	case writeThrough:
		t.expiry = locdb.NewExpiry(t.rows, t.Table)
		s.location.Observe(t.expiry)
	case writeBack:
		t.back = locdb.NewBack(t.rows, t.Table)
		s.location.Observe(t.back)
	}
	return nil
}

// store does what is due in the database of a table: it blocks.
func (s *state) store(t *table, now int64) error {
	switch s.dbMode {
	case writeThrough:
		if err := t.expiry.CatchUp(now); err != nil {
			return err
		}
	case writeBack:
		if err := t.back.Flush(now); err != nil {
			return err
		}
	case databaseOnly:
		return t.rows.Expire(now-int64(s.rmExpiredDelay), func(c location.Contact) { t.TellExpired(&c) })
	}
	if s.timerClean != 0 && (s.dbMode == writeThrough || s.dbMode == writeBack) {
		return t.rows.Clean(now)
	}
	return nil
}
