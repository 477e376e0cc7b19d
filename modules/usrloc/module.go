// Package usrloc offers the location service to operators: its tables, RPC commands and statistics.
package usrloc

import (
	"context"
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/location"
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
	preload  []string

	dbMode, timerInterval, hashSize, descTimeOrder, useDomain int
	matchingMode, cseqDelay, natFlag, rmExpiredDelay          int
	handleLostTCP, closeTCP, kaMode                           int
}

// Start makes the tables and begins to remove expired contacts.
func (s *state) Start(server *kemi.Server) error {
	if s.dbMode != 0 {
		return fmt.Errorf("db_mode=%d: contacts cannot be kept in a database; the supported value is 0 (memory)", s.dbMode)
	}
	if s.matchingMode < 0 || s.matchingMode > int(location.MatchCallID) {
		return fmt.Errorf("matching_mode=%d: want 0 (contact), 1 (contact and Call-ID), 2 (contact and Path) or 3 (Call-ID)", s.matchingMode)
	}
	if s.hashSize < 1 || s.hashSize > 24 {
		return fmt.Errorf("hash_size=%d: want 1 to 24", s.hashSize)
	}
	s.server, s.location = server, server.Location
	s.setRules(&s.location.Rules)
	s.warnOfUnused()
	for _, name := range s.preload {
		if err := s.addTable(name); err != nil {
			return err
		}
	}
	server.Go(s.expire)
	return nil
}

func (s *state) setRules(r *location.Rules) {
	r.UseDomain = s.useDomain != 0
	r.Matching = location.Matching(s.matchingMode)
	r.CSeqDelay = int64(s.cseqDelay)
	r.NATFlag = s.natFlag
	r.ServerID = int32(s.server.Settings.ServerID)
}

// warnOfUnused says which settings change nothing here, so that nobody relies on them.
func (s *state) warnOfUnused() {
	for name, value := range map[string]int{"ka_mode": s.kaMode, "handle_lost_tcp": s.handleLostTCP, "close_expired_tcp": s.closeTCP} {
		if value != 0 {
			s.server.Log.Write(log.Warn, "usrloc", fmt.Sprintf("%s=%d has no effect: it works as 0", name, value))
		}
	}
}

func (s *state) addTable(name string) error {
	order := location.ByQ
	if s.descTimeOrder != 0 {
		order = location.ByTime
	}
	t := s.location.Add(name, location.Options{Order: order})
	for suffix, value := range map[string]func() int64{"users": t.Users, "contacts": t.Contacts, "expires": t.Expired} {
		if err := s.server.Stats.Add("usrloc", name+"_"+suffix, stat.Func(value)); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

// expire removes expired contacts every timer_interval seconds until the server stops.
func (s *state) expire(ctx context.Context) {
	ticker := time.NewTicker(time.Duration(max(s.timerInterval, 1)) * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			now := s.now() - int64(s.rmExpiredDelay)
			for _, t := range s.location.Tables() {
				t.Expire(now)
			}
		}
	}
}

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
