package usrloc

import (
	"github.com/moonroute/moonroute/core/location/locdb"
	"github.com/moonroute/moonroute/kemi"
)

// column makes the row of a parameter that names a database column.
func column(name, def string, field func(*locdb.Columns) *string, of string) kemi.Param[state] {
	return kemi.StrParam(name, def, func(s *state) *string { return field(&s.columns) }, "database column of the "+of)
}

// number makes the row of a parameter that is a number.
func number(name string, def int, f func(*state) *int, doc string) kemi.Param[state] {
	return kemi.IntParam(name, def, f, doc)
}

var params = kemi.Params[state]{
	column("ruid_column", "ruid", func(c *locdb.Columns) *string { return &c.RUID }, "contact's id"),
	column("user_column", "username", func(c *locdb.Columns) *string { return &c.User }, "user name"),
	column("domain_column", "domain", func(c *locdb.Columns) *string { return &c.Domain }, "domain"),
	column("contact_column", "contact", func(c *locdb.Columns) *string { return &c.Contact }, "contact URI"),
	column("expires_column", "expires", func(c *locdb.Columns) *string { return &c.Expires }, "end of the contact's life"),
	column("q_column", "q", func(c *locdb.Columns) *string { return &c.Q }, "preference"),
	column("callid_column", "callid", func(c *locdb.Columns) *string { return &c.CallID }, "Call-ID"),
	column("cseq_column", "cseq", func(c *locdb.Columns) *string { return &c.CSeq }, "CSeq"),
	column("flags_column", "flags", func(c *locdb.Columns) *string { return &c.Flags }, "flags"),
	column("cflags_column", "cflags", func(c *locdb.Columns) *string { return &c.CFlags }, "branch flags"),
	kemi.StrParam("db_url", "mysql://kamailio:kamailiorw@localhost/kamailio", func(s *state) *string { return &s.dbURL }, "the database; used with db_mode 1 to 4"),
	number("timer_interval", 60, func(s *state) *int { return &s.timerInterval }, "seconds between two removals of expired contacts, and two flushes of db_mode 2"),
	number("db_mode", 0, func(s *state) *int { return &s.dbMode }, "where contacts are kept; 0: memory, 1: memory and database before the reply, 2: memory and database every timer_interval, 3: database only, 4: memory, filled from the database at the start"),
	number("db_load", 1, func(s *state) *int { return &s.dbLoad }, "1: the database is read at the start"),
	number("db_insert_update", 0, func(s *state) *int { return &s.insertUpdate }, "1: an insert of an id that is there becomes an update"),
	number("use_domain", 0, func(s *state) *int { return &s.useDomain }, "1: the domain is part of the address of record"),
	number("desc_time_order", 0, func(s *state) *int { return &s.descTimeOrder }, "1: the newest contact first, else the highest q"),
	column("user_agent_column", "user_agent", func(c *locdb.Columns) *string { return &c.UserAgent }, "User-Agent"),
	column("received_column", "received", func(c *locdb.Columns) *string { return &c.Received }, "address behind NAT"),
	column("path_column", "path", func(c *locdb.Columns) *string { return &c.Path }, "Path"),
	column("socket_column", "socket", func(c *locdb.Columns) *string { return &c.Socket }, "socket that the REGISTER came in by"),
	column("methods_column", "methods", func(c *locdb.Columns) *string { return &c.Methods }, "methods that the contact takes"),
	column("instance_column", "instance", func(c *locdb.Columns) *string { return &c.Instance }, "+sip.instance"),
	column("reg_id_column", "reg_id", func(c *locdb.Columns) *string { return &c.RegID }, "reg-id"),
	column("server_id_column", "server_id", func(c *locdb.Columns) *string { return &c.ServerID }, "server that holds the contact"),
	column("connection_id_column", "connection_id", func(c *locdb.Columns) *string { return &c.ConnectionID }, "connection"),
	column("keepalive_column", "keepalive", func(c *locdb.Columns) *string { return &c.Keepalive }, "mark of contacts behind NAT"),
	column("partition_column", "partition", func(c *locdb.Columns) *string { return &c.Partition }, "partition"),
	number("matching_mode", 0, func(s *state) *int { return &s.matchingMode }, "when a contact is the same as a stored one: 0 contact, 1 contact and Call-ID, 2 contact and Path, 3 Call-ID"),
	number("cseq_delay", 20, func(s *state) *int { return &s.cseqDelay }, "seconds in which a REGISTER with the same CSeq is a repetition"),
	kemi.FuncParam("fetch_rows", kemi.KindInt, "2000", ignore, "accepted, no effect: rows are taken one by one as they come, whatever their number"),
	number("hash_size", 10, func(s *state) *int { return &s.hashSize }, "logarithm of the number of slots that ul.dump tells; the table grows by itself"),
	number("nat_bflag", -1, func(s *state) *int { return &s.natFlag }, "branch flag that marks contacts behind NAT"),
	number("handle_lost_tcp", 0, func(s *state) *int { return &s.handleLostTCP }, "1: contacts whose connection is gone are removed every timer_interval"),
	number("close_expired_tcp", 0, func(s *state) *int { return &s.closeTCP }, "1: the connection of an expired contact is closed"),
	number("skip_remote_socket", 0, func(s *state) *int { return &s.skipRemote }, "1: contacts of a database whose socket is not ours are left out"),
	kemi.FuncParam("preload", kemi.KindStr, "", func(s *state, v kemi.ParamValue) error { s.preload = append(s.preload, v.Str); return nil }, "a table that exists from the start; may be given several times"),
	number("db_update_as_insert", 0, func(s *state) *int { return &s.updateAsInsert }, "1: a refreshed contact is inserted instead of updated"),
	kemi.FuncParam("timer_procs", kemi.KindInt, "0", ignore, "accepted, no effect: there are no processes, and the timer has a goroutine of its own"),
	number("db_check_update", 1, func(s *state) *int { return &s.checkUpdate }, "1: an UPDATE that finds no row becomes an INSERT, since a 200 promises a row (the incumbent has 0); 0: a row that somebody took away stays away"),
	kemi.StrParam("xavp_contact", "", func(s *state) *string { return &s.xavpContact }, "XAVP that save keeps with a contact and lookup gives back"),
	number("db_ops_ruid", 1, func(s *state) *int { return &s.opsRUID }, "1: rows are found by the contact's id; 0: by user, contact and Call-ID"),
	number("expires_type", 0, func(s *state) *int { return &s.expiresType }, "1: the columns of times are BIGINT"),
	kemi.FuncParam("db_raw_fetch_type", kemi.KindInt, "0", ignore, "accepted, no effect: 1 is for Oracle, which this server does not use"),
	number("db_insert_null", 0, func(s *state) *int { return &s.insertNull }, "1: an INSERT names columns without a value, which become NULL; 0: they get the default of the table"),
	number("server_id_filter", 0, func(s *state) *int { return &s.serverIDFilter }, "1: rows of other servers are neither loaded nor cleaned"),
	number("db_timer_clean", 0, func(s *state) *int { return &s.timerClean }, "1: expired rows are removed from the database every timer_interval"),
	number("rm_expired_delay", 0, func(s *state) *int { return &s.rmExpiredDelay }, "seconds that expired contacts stay in the database (db_mode 3)"),
	number("version_table", 1, func(s *state) *int { return &s.versionTable }, "0: the version of the database tables is not checked"),
	number("ka_mode", 0, func(s *state) *int { return &s.ka.mode }, "keep-alives every timer_interval: 1 to all contacts, 2 to those behind NAT, 4 by UDP only; 0: none"),
	kemi.StrParam("ka_from", "sip:server@kamailio.org", func(s *state) *string { return &s.ka.from }, "From URI of keep-alives"),
	kemi.StrParam("ka_domain", "kamailio.org", func(s *state) *string { return &s.ka.domain }, "domain of the To URI of keep-alives without use_domain"),
	kemi.StrParam("ka_method", "OPTIONS", func(s *state) *string { return &s.ka.method }, "method of keep-alives"),
	number("ka_filter", 0, func(s *state) *int { return &s.ka.filter }, "1: keep-alives to contacts of this server only"),
	number("ka_interval", 40, func(s *state) *int { return &s.ka.interval }, "least seconds between two keep-alives to a contact"),
	number("ka_randomize", 20, func(s *state) *int { return &s.ka.randomize }, "seconds over which the keep-alives of a round are spread"),
	number("ka_timeout", 0, func(s *state) *int { return &s.ka.timeout }, "seconds without an answer after which a contact is removed; 0: never"),
	number("ka_loglevel", 255, func(s *state) *int { return &s.ka.logLevel }, "level at which answers are logged; 255: not"),
	kemi.StrParam("ka_logmsg", " to-uri: [$tu] remote-addr: [$sas]", func(s *state) *string { return &s.ka.logText }, "text with pseudo-variables that is logged with an answer"),
	kemi.StrParam("ka_reply_codes", "0", func(s *state) *string { return &s.ka.codes }, "comma-separated status codes that count as answers; 0: all"),
	kemi.FuncParam("load_rank", kemi.KindInt, "1", ignore, "accepted, no effect: there are no processes with ranks, and the database is read before the sockets open"),
	number("db_clean_tcp", 0, func(s *state) *int { return &s.cleanTCP }, "1: contacts of connections are removed from the database at the start"),
}

// ignore takes a parameter that has no meaning here.
func ignore(*state, kemi.ParamValue) error { return nil }
