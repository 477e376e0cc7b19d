package siptrace

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// tableVersion is that of the incumbent's table.
const tableVersion = 4

// state is the module in one server.
type state struct {
	dbURL, table                  string
	columns                       [columns]string
	flag, initiallyOn, toDatabase int
	userAVP, tableAVP             string
	duplicateURI, localIP         string
	sendSocket, sendName          string
	xheaders, hepOn, hepVersion   int
	captureID, mode, dialogACK    int
	authKey, callback             string
	unused                        int

	server     *kemi.Server
	db         *db.DB         // nil: none
	collector  *collector     // of duplicate_uri; nil: none
	user, into *kemi.Variable // of the AVPs; nil: none
	on         atomic.Bool
	others     others
	calls      followed
	asked      atomic.Int64 // copies that wait for the event route
	requests   atomic.Int64
	replies    atomic.Int64
	dropped    atomic.Int64
}

func newState() *state { return &state{calls: followed{byID: map[string]*following{}}} }

// Start opens what the parameters name and begins to look at the messages.
func (s *state) Start(server *kemi.Server) (err error) {
	s.server = server
	s.on.Store(s.initiallyOn != 0)
	if s.hepVersion < 1 || s.hepVersion > 3 {
		return fmt.Errorf("hep_version is %d: there are 1, 2 and 3", s.hepVersion)
	}
	if s.flag > 31 {
		return fmt.Errorf("trace_flag is %d: flags are 0 to 31", s.flag)
	}
	if s.user, err = s.avp("traced_user_avp", s.userAVP); err != nil {
		return err
	}
	if s.into, err = s.avp("trace_table_avp", s.tableAVP); err != nil {
		return err
	}
	if s.collector, err = s.openCollector(s.duplicateURI); err != nil {
		return fmt.Errorf("duplicate_uri: %w", err)
	}
	if s.collector != nil {
		server.Go(s.collector.run)
	}
	if err := s.openDatabase(); err != nil {
		return err
	}
	server.Core.Tap(s)
	if s.flag >= 0 {
		server.Hooks.Add(flagged{s})
	}
	return nil
}

func (s *state) openDatabase() (err error) {
	if s.toDatabase == 0 && s.mode&modeDatabase == 0 {
		return nil
	}
	if s.db, err = s.server.DB(s.dbURL); err != nil {
		return err
	}
	return s.db.CheckVersion(context.Background(), s.table, tableVersion)
}

func (s *state) avp(param, name string) (*kemi.Variable, error) {
	if name == "" {
		return nil, nil
	}
	v, err := s.server.Registry.Var(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", param, err)
	}
	return v, nil
}

// flagged follows the transactions of requests that have the flag.
type flagged struct{ *state }

// Kinds implements tm.Hook.
func (flagged) Kinds() uint32 { return 1 << tm.RequestIn }

// OnTransaction implements tm.Hook.
func (x flagged) OnTransaction(e *tm.HookEvent) {
	m := e.Request
	if m == nil || !x.on.Load() || m.Flags&(1<<x.flag) == 0 || x.calls.follows(m.CallID(), cseq(m.Message)) {
		return
	}
	x.follow(m, transaction, target{})
	x.copyReceived(m, target{})
}

// source is where copies come from, as the parameters say; not valid: the system chooses.
func (s *state) source() netip.Addr {
	for _, x := range s.server.Core.Sockets() {
		if s.sendName != "" && x.Name == s.sendName {
			return x.Addr.Addr()
		}
	}
	if at, ok := parseAddress(s.sendSocket); ok {
		return at.addr.Addr()
	}
	return netip.Addr{}
}
