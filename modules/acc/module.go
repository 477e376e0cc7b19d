// Package acc writes accounting records of transactions and requests.
package acc

import (
	"github.com/moonroute/moonroute/kemi"
)

// Module is the acc module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "acc",
	Doc:    "Accounting of transactions to the log, chosen by message flags or asked for by the script.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs: kemi.Funcs[state]{
		{Name: "acc_log_request", Args: "comment str", Returns: kemi.Code, Call: (*state).logRequest, Doc: "writes a record of the request in hand to the log; the comment may begin with a code: \"404 Not found\""},
		{Name: "acc_db_request", Args: "comment str, table str", Returns: kemi.Code, Call: (*state).dbRequest, Doc: "writes a record of the request in hand to a database table; -1 without a database"},
		{Name: "acc_request", Args: "comment str, table str", Returns: kemi.Code, Call: (*state).request, Doc: "acc_log_request, and acc_db_request where a database is configured"},
	},
})

type state struct {
	logFlag, missedFlag, failedFlag, prepareFlag flag
	prepareAlways                                int
	earlyMedia, reportCancels, reportACK         int
	detectDirection, reasonFromHeader            int
	logLevel                                     int
	facility, timeFormat, timeAttr, timeExten    string
	timeMode                                     int
	failedFilter                                 []int
	extraText, legText, dbURL                    string
	unusedInt                                    int
	unusedText                                   string

	srv    *kemi.Server
	extras []extra
	legs   []leg
	clock  *kemi.Variable // the time as text, for time_mode 3 and 4
	shards []scratch
}

// Start compiles the extra attributes and begins to watch transactions.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	var err error
	if s.extras, err = parseExtras(srv.Registry, s.extraText); err != nil {
		return err
	}
	if s.legs, err = parseLegs(s.legText); err != nil {
		return err
	}
	if err := s.prepareClock(); err != nil {
		return err
	}
	s.shards = make([]scratch, len(srv.Shards()))
	srv.Hooks.Add(s)
	if s.dbURL != "" {
		srv.Log.Warning("acc", "db_url is set, but this build keeps accounting in the log only")
	}
	return nil
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
