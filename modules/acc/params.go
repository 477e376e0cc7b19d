package acc

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

var params = append(kemi.Params[state]{
	flagParam("log_flag", func(s *state) *flag { return &s.flags[toLog].accounted }, "message flag of transactions that are accounted in the log"),
	flagParam("log_missed_flag", func(s *state) *flag { return &s.flags[toLog].missed }, "message flag of INVITEs whose failure is accounted in the log as a missed call"),
	flagParam("db_flag", func(s *state) *flag { return &s.flags[toDatabase].accounted }, "message flag of transactions that are accounted in the database"),
	flagParam("db_missed_flag", func(s *state) *flag { return &s.flags[toDatabase].missed }, "message flag of INVITEs whose failure is accounted in the database as a missed call"),
	flagParam("failed_transaction_flag", func(s *state) *flag { return &s.failedFlag }, "message flag of transactions that are accounted also when they fail (300 and above)"),
	kemi.FuncParam("failed_filter", kemi.KindStr, `""`, (*state).setFilter, "codes that failed_transaction_flag leaves out, with commas between"),
	flagParam("acc_prepare_flag", func(s *state) *flag { return &s.prepareFlag }, "message flag of transactions that may be accounted by flags set in a later route"),
	kemi.IntParam("acc_prepare_always", 0, func(s *state) *int { return &s.prepareAlways }, "flags set in a later route account any transaction"),
	kemi.IntParam("early_media", 0, func(s *state) *int { return &s.earlyMedia }, "account provisional replies that carry a body"),
	kemi.IntParam("report_cancels", 0, func(s *state) *int { return &s.reportCancels }, "account CANCEL requests"),
	kemi.IntParam("report_ack", 0, func(s *state) *int { return &s.reportACK }, "account ACKs of accounted INVITEs"),
	kemi.IntParam("detect_direction", 0, func(s *state) *int { return &s.detectDirection }, "swap From and To tag of requests that the callee sends in a dialog"),
	kemi.IntParam("reason_from_hf", 0, func(s *state) *int { return &s.reasonFromHeader }, "take the reason from the reply's Reason header"),
	kemi.IntParam("log_level", int(log.Notice), func(s *state) *int { return &s.logLevel }, "log level of the records"),
	kemi.StrParam("log_facility", "LOG_DAEMON", func(s *state) *string { return &s.facility }, "accepted; the log goes to standard error"),
	kemi.StrParam("log_extra", "", func(s *state) *string { return &s.extraText }, "further attributes in the log: name=$variable, with semicolons between"),
	kemi.StrParam("multi_leg_info", "", func(s *state) *string { return &s.legText }, "attributes of each leg: name=$avp(x), with semicolons between; one set, in the database one row, for each value"),
	kemi.IntParam("time_mode", 0, func(s *state) *int { return &s.timeMode }, "further time attributes: 1 seconds (database only) and microseconds, 2 seconds with a fraction, 3 local time and 4 UTC by time_format"),
	kemi.StrParam("time_attr", "time_attr", func(s *state) *string { return &s.timeAttr }, "name or column of the attribute of time_mode 1 to 4"),
	kemi.StrParam("time_exten", "time_exten", func(s *state) *string { return &s.timeExten }, "name or column of the microseconds of time_mode 1"),
	kemi.StrParam("time_format", "%Y-%m-%d %H:%M:%S", func(s *state) *string { return &s.timeFormat }, "format of time_mode 3 and 4, as strftime has it"),
	kemi.StrParam("db_url", "", func(s *state) *string { return &s.dbURL }, "database of the records"),
	kemi.StrParam("db_table_acc", "acc", func(s *state) *string { return &s.tableNames[accTable] }, "table of the records; may hold variables"),
	kemi.StrParam("db_table_missed_calls", "missed_calls", func(s *state) *string { return &s.tableNames[missedTable] }, "table of missed calls; may hold variables"),
	kemi.IntParam("db_version_check", 1, func(s *state) *int { return &s.versionCheck }, "check the version of the two tables, unless their names hold variables"),
	kemi.StrParam("db_extra", "", func(s *state) *string { return &s.dbExtraText }, "further columns: column=$variable, with semicolons between"),
	kemi.IntParam("acc_extra_nullable", 0, func(s *state) *int { return &s.nullable }, "write NULL where a variable has no value; 0: an empty text"),
	kemi.IntParam("clone_msg", 1, func(s *state) *int { return &s.unusedInt }, "accepted, no effect: a request never changes under its reader, so none is cloned"),
	kemi.IntParam("acc_extra_size", 64, func(s *state) *int { return &s.unusedInt }, "accepted, no effect: it is the size of a table of the incumbent, here any number of attributes is taken"),
}, slices.Concat(columnParams(), acceptedParams())...)

// columnParams name the columns of the two tables.
func columnParams() kemi.Params[state] {
	var list kemi.Params[state]
	for i, name := range columnNames {
		list = append(list, kemi.StrParam("acc_"+name+"_column", name, func(s *state) *string { return &s.columns[i] }, "column of both tables"))
	}
	return list
}

// acceptedParams change nothing here.
func acceptedParams() kemi.Params[state] {
	list := kemi.Params[state]{
		kemi.FuncParam("cdr_enable", kemi.KindInt, "0", (*state).setDialogRecords, "0 only: records of whole dialogs need a dialog module, which there is not; as with the incumbent where none is loaded, 1 is an error at the start"),
		kemi.IntParam("db_insert_mode", 0, func(s *state) *int { return &s.unusedInt }, "accepted, no effect: rows are inserted in the background and together in any case"),
	}
	for _, p := range []struct {
		name string
		def  int
	}{
		{"cdr_log_enable", 1}, {"cdr_start_on_confirmed", 0}, {"cdr_extra_nullable", 0},
		{"cdr_duration_mode", 1}, {"cdr_expired_dlg_enable", 0}, {"cdr_on_failed", 1}, {"cdr_extra_size", 64},
	} {
		list = append(list, kemi.IntParam(p.name, p.def, func(s *state) *int { return &s.unusedInt }, aboutDialogs))
	}
	for _, p := range []struct{ name, def string }{
		{"cdrs_table", ""}, {"cdr_skip", ""}, {"cdr_facility", ""}, {"cdr_extra", ""},
		{"cdr_start_id", "start_time"}, {"cdr_end_id", "end_time"}, {"cdr_duration_id", "duration"},
	} {
		list = append(list, kemi.StrParam(p.name, p.def, func(s *state) *string { return &s.unusedText }, aboutDialogs))
	}
	return list
}

const aboutDialogs = "accepted; means nothing without cdr_enable"

var errDialogs = errors.New("records of whole dialogs (cdr_enable) need a dialog module, which this server does not have: take the line out and " +
	"account the transactions of a call, its INVITE and its BYE, with log_flag and db_flag")

// setDialogRecords refuses to start without records that somebody counts on.
func (*state) setDialogRecords(v kemi.ParamValue) error {
	if v.Int != 0 {
		return errDialogs
	}
	return nil
}

// flagParam is a message flag from 0 to 31, or -1 for none.
func flagParam(name string, field func(*state) *flag, doc string) kemi.Param[state] {
	p := kemi.IntParam(name, -1, func(s *state) *int { return (*int)(field(s)) }, doc)
	return p.Within(-1, 31)
}

func (s *state) setFilter(v kemi.ParamValue) error {
	s.failedFilter = nil
	for part := range strings.SplitSeq(v.Str, ",") {
		code, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || code < 300 || code > 699 {
			return fmt.Errorf("failed_filter: %q is no code from 300 to 699", part)
		}
		s.failedFilter = append(s.failedFilter, code)
	}
	return nil
}
