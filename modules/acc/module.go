// Package acc writes accounting records of transactions and requests, to the log and to a database.
package acc

import (
	"github.com/moonroute/moonroute/kemi"
)

// Module is the acc module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "acc",
	Doc:    "Accounting of transactions to the log and to a database, chosen by message flags or asked for by the script.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "acc_log_request", Args: "comment str", Returns: kemi.Code, Call: (*state).logRequest, Doc: "writes a record of the request in hand to the log; the comment may begin with a code: \"404 Not found\""},
		{Name: "acc_db_request", Args: "comment str, table str", Returns: kemi.Code, Call: (*state).dbRequest, Waits: true, Doc: "writes a record of the request in hand to a database table; -1 without a database or if the table does not take it"},
		{Name: "acc_request", Args: "comment str, table str", Returns: kemi.Code, Call: (*state).request, Waits: true, Doc: "acc_log_request, and acc_db_request where a database is configured"},
	},
})

type state struct {
	flags                             [2]flags // by sink
	failedFlag, prepareFlag           flag
	prepareAlways                     int
	earlyMedia, reportCancels         int
	reportACK                         int
	detectDirection, reasonFromHeader int
	logLevel                          int
	facility, timeFormat              string
	timeAttr, timeExten               string
	timeMode                          int
	failedFilter                      []int
	extraText, dbExtraText, legText   string
	dbURL                             string
	versionCheck, nullable            int
	tableNames                        [2]string
	columns                           [7]string
	unusedInt                         int
	unusedText                        string

	srv    *kemi.Server
	extras []extra
	legs   []leg
	clock  *kemi.Variable // the time as text, for time_mode 3 and 4
	shards []scratch
	store  *store // nil: no database
}

// sink is where a record goes.
type sink int

const (
	toLog sink = iota
	toDatabase
)

// sinks is a set of them.
type sinks uint8

func (s sinks) has(k sink) bool { return s>>k&1 != 0 }

// flags are the message flags that send records to a sink.
type flags struct{ accounted, missed flag }

// Start compiles the extra attributes, opens the database and begins to watch transactions.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	var err error
	if s.extras, err = parseExtras(srv.Registry, "log_extra", s.extraText); err != nil {
		return err
	}
	if s.legs, err = parseLegs(s.legText); err != nil {
		return err
	}
	if err := s.prepareClock(); err != nil {
		return err
	}
	if s.dbURL == "" {
		s.flags[toDatabase] = flags{-1, -1}
	} else if s.store, err = s.openStore(srv); err != nil {
		return err
	}
	s.shards = make([]scratch, len(srv.Shards()))
	srv.Hooks.Add(s)
	return nil
}

// chosen are the sinks of which one flag is set.
func (s *state) chosen(set uint32, which func(*flags) flag) sinks {
	var chosen sinks
	for k := range s.flags {
		if which(&s.flags[k]).in(set) {
			chosen |= 1 << k
		}
	}
	return chosen
}

func (s *state) accounted(set uint32) sinks {
	return s.chosen(set, func(f *flags) flag { return f.accounted })
}
func (s *state) missed(set uint32) sinks {
	return s.chosen(set, func(f *flags) flag { return f.missed })
}

// flag is a message flag that a parameter names; below zero it is off.
type flag int

// in tells whether the flag is set.
func (f flag) in(flags uint32) bool { return f >= 0 && flags>>uint(f)&1 != 0 }

// mask is the flag's bit.
func (f flag) mask() uint32 {
	if f < 0 {
		return 0
	}
	return 1 << uint(f)
}
