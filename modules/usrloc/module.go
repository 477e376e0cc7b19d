// Package usrloc offers the location service to operators: its tables, their database, RPC
// commands and statistics.
package usrloc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/location/locdb"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the usrloc module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "usrloc",
	Doc:    "The location service: where the users of the server are reachable. Scripts use it through the registrar module.",
	New:    func() *state { return &state{} },
	Params: params,
	RPC:    commands,
	Stats: kemi.Stats[state]{
		{Group: "usrloc", Name: "registered_users", Value: (*state).registered, Doc: "addresses of record with contacts, in all tables"},
	},
})

// state is the module in one server.
type state struct {
	server   *kemi.Server
	location *location.Store
	db       *db.DB // nil without a database
	rows     locdb.Settings
	tables   []*table
	preload  []string

	columns                                               locdb.Columns
	dbURL, xavpContact                                    string
	dbMode, dbLoad, insertUpdate, updateAsInsert, opsRUID int
	timerInterval, hashSize, descTimeOrder, useDomain     int
	matchingMode, cseqDelay, natFlag, rmExpiredDelay      int
	handleLostTCP, closeTCP, cleanTCP, skipRemote         int
	expiresType, serverIDFilter, timerClean, versionTable int
	insertNull, checkUpdate                               int

	ka keepalive
}

// The values of db_mode.
const (
	memoryOnly = iota
	writeThrough
	writeBack
	databaseOnly
	loadOnly
)

// table is one location table with what keeps it in the database.
type table struct {
	*location.Table
	rows   *locdb.Table  // nil without a database
	back   *locdb.Back   // db_mode 2
	expiry *locdb.Expiry // db_mode 1
}

// Start makes the tables, fills them and begins to remove expired contacts.
func (s *state) Start(server *kemi.Server) error {
	if err := s.check(); err != nil {
		return err
	}
	s.server, s.location = server, server.Location
	s.setRules(&s.location.Rules)
	if err := s.openDatabase(); err != nil {
		return err
	}
	for _, name := range s.preload {
		if err := s.addTable(name); err != nil {
			return err
		}
	}
	if s.closeTCP != 0 {
		s.location.Observe(closer{server.Core.Transports()})
	}
	if s.ka.mode != 0 {
		if err := s.ka.start(s); err != nil {
			return err
		}
	}
	server.Every(time.Duration(max(s.timerInterval, 1))*time.Second, func(ctx context.Context) { s.tick(ctx, s.now()) })
	return nil
}

func (s *state) check() error {
	switch {
	case s.dbMode < memoryOnly || s.dbMode > loadOnly:
		return fmt.Errorf("db_mode=%d: want 0 (memory), 1 (write through), 2 (write back), 3 (database only) or 4 (load only)", s.dbMode)
	case s.matchingMode < 0 || s.matchingMode > int(location.MatchCallID):
		return fmt.Errorf("matching_mode=%d: want 0 (contact), 1 (contact and Call-ID), 2 (contact and Path) or 3 (Call-ID)", s.matchingMode)
	case s.hashSize < 1 || s.hashSize > 24:
		return fmt.Errorf("hash_size=%d: want 1 to 24", s.hashSize)
	}
	return nil
}

func (s *state) setRules(r *location.Rules) {
	r.UseDomain = s.useDomain != 0
	r.Matching = location.Matching(s.matchingMode)
	r.CSeqDelay = int64(s.cseqDelay)
	r.NATFlag = s.natFlag
	r.ServerID = int32(s.server.Settings.ServerID)
	r.AttrsXAVP = s.xavpContact
}

func (s *state) addTable(name string) error {
	if s.location.Table(name) != nil {
		return nil // named twice
	}
	t := &table{}
	options := location.Options{}
	if s.descTimeOrder != 0 {
		options.Order = location.ByTime
	}
	if s.db != nil {
		t.rows = locdb.New(s.db, name, &s.rows)
		if err := s.prepare(t.rows); err != nil {
			return err
		}
	}
	if s.dbMode == writeThrough || s.dbMode == databaseOnly {
		options.Backing, options.Unkept = t.rows, s.dbMode == databaseOnly
	}
	t.Table = s.location.Add(name, options)
	s.tables = append(s.tables, t)
	if err := s.addStatistics(t.Table); err != nil {
		return err
	}
	return s.fill(t)
}

func (s *state) addStatistics(t *location.Table) error {
	for suffix, value := range map[string]func() int64{"users": t.Users, "contacts": t.Contacts, "expires": t.Expired} {
		if err := s.server.Stats.Add("usrloc", t.Name+"_"+suffix, stat.Func(value)); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// tick is the timer's work.
func (s *state) tick(ctx context.Context, now int64) {
	for _, t := range s.tables {
		if s.ka.mode != 0 {
			s.ka.round(ctx, t.Table)
		}
		if s.handleLostTCP != 0 {
			s.removeLost(t.Table)
		}
		t.Expire(now)
		if err := s.store(t, now); err != nil {
			s.complain(err)
		}
	}
}

// A database that is lost when the server stops may be back already: its connections are tried
// again twice a second.
const (
	lastTries = 50
	lastPause = 100 * time.Millisecond
)

// Close writes what the database does not know yet.
func (s *state) Close() {
	tries := lastTries
	for _, t := range s.tables {
		if t.back == nil {
			continue
		}
		err := t.back.Flush(s.now())
		for ; errors.Is(err, db.ErrDown) && tries > 0; tries-- {
			time.Sleep(lastPause)
			err = t.back.Flush(s.now())
		}
		if err != nil {
			s.complain(fmt.Errorf("%w: %d changed contacts are lost", err, t.back.Waiting()))
		}
	}
}

func (s *state) complain(err error) { s.server.Log.Write(log.Err, "usrloc", err.Error()) }

func (s *state) now() int64 { return s.server.Clock.Now().Unix() }

func (s *state) registered() int64 {
	if s.location == nil {
		return 0
	}
	var sum int64
	for _, t := range s.location.Tables() {
		sum += t.Users()
	}
	return sum
}
