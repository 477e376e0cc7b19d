// Package msilo keeps instant messages (MESSAGE, RFC 3428) for users who are offline and sends
// them when their user registers, or at a time that the script names.
package msilo

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the msilo module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "msilo",
	Doc:    "Keeps instant messages for users who are offline and sends them when their user registers.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "mstore", Works: route.NotReplies, Returns: kemi.Code, Waits: true, Call: (*state).mstore, Doc: "stores the MESSAGE in hand for the user of its request URI; 1 once it is committed, -1 if it is not stored"},
		{Name: "mstore_uri", Works: route.NotReplies, Args: "owner str", Returns: kemi.Code, Waits: true, Call: (*state).mstoreURI, Doc: "stores it for the user of the owner's URI"},
		{Name: "mstore_addrs", Works: route.NotReplies, Args: "owner str, from str, to str", Returns: kemi.Code, Waits: true, Call: (*state).mstoreAddrs, Doc: "stores it for the owner as if the other URIs were its sender and its recipient; an empty text takes the message's own"},
		{Name: "mdump", Works: route.NotReplies, Returns: kemi.Code, Waits: true, Call: (*state).mdump, Doc: "sends what is stored for the user of the To URI of the REGISTER in hand; -1 if the client cannot take it or the database fails"},
		{Name: "mdump_uri", Works: route.NotReplies, Args: "owner str", Returns: kemi.Code, Waits: true, Call: (*state).mdumpURI, Doc: "sends what is stored for the user of the owner's URI"},
	},
	Stats: kemi.Stats[state]{
		{Group: "msilo", Name: "stored_messages", Counter: true, Value: func(s *state) int64 { return s.stored.Load() }, Doc: "messages that were stored"},
		{Group: "msilo", Name: "dumped_messages", Counter: true, Value: func(s *state) int64 { return s.messages.dumped.Load() }, Doc: "messages that their recipient has accepted"},
		{Group: "msilo", Name: "failed_messages", Counter: true, Value: func(s *state) int64 { return s.messages.failed.Load() }, Doc: "attempts to send one that were refused or not answered"},
		{Group: "msilo", Name: "dumped_reminders", Counter: true, Value: func(s *state) int64 { return s.reminders.dumped.Load() }, Doc: "reminders that their recipient has accepted"},
		{Group: "msilo", Name: "failed_reminders", Counter: true, Value: func(s *state) int64 { return s.reminders.failed.Load() }, Doc: "reminders that were refused or not answered"},
	},
})

// results counts what became of messages that were sent.
type results struct{ dumped, failed atomic.Int64 }

// state is the module in one server.
type state struct {
	dbURL, table string
	columns      columns
	texts        texts

	registrar, reminder, outboundProxy         string
	sendTimeAVP, extraHeadersAVP               string
	expireTime, checkTime, sendTime            int
	cleanPeriod, maxMessages, skipNotification int
	useContact, addDate, addContact, useMode   int

	server    *kemi.Server
	db        *db.DB
	sql       statements
	variables variables
	claims    claims
	mailboxes mailboxes
	remover   remover

	registrations registrations

	stored              atomic.Int64
	messages, reminders results
}

// tableVersion is the form of the silo table that the module knows.
const tableVersion = 8

// Start opens the database and begins the background work.
func (s *state) Start(server *kemi.Server) (err error) {
	s.server = server
	if err := s.check(); err != nil {
		return err
	}
	if s.db, err = server.DB(s.dbURL); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	if err := s.db.CheckVersion(ctx, s.table, tableVersion); err != nil {
		return err
	}
	s.sql.prepare(s)
	s.claims.init(server.Clock)
	s.mailboxes.init(server.Clock)
	s.registrations.init(server.Clock)
	s.remover.init()
	server.OnReady(s.begin)
	return nil
}

// begin starts what works in the background until the server stops.
func (s *state) begin() {
	for range readers {
		s.server.Go(s.readMailboxes)
	}
	s.server.Go(s.remove)
	s.server.Every(time.Second, func(context.Context) { s.mailboxes.passSilent() })
	s.clean()
	if s.reminder != "" && s.sendTime > 0 {
		s.remind()
	}
}

// Close removes what was delivered while the server stopped.
func (s *state) Close() {
	if s.db != nil {
		s.removeRest()
	}
}
