package siptrace

import "github.com/moonroute/moonroute/kemi"

func text(name, def string, field func(*state) *string, doc string) kemi.Param[state] {
	return kemi.StrParam(name, def, field, doc)
}

func number(name string, def int, field func(*state) *int, doc string) kemi.Param[state] {
	return kemi.IntParam(name, def, field, doc)
}

// column is the name of a column of the table.
func column(i int, name, def string) kemi.Param[state] {
	return kemi.StrParam(name+"_column", def, func(s *state) *string { return &s.columns[i] }, "column of "+columnDocs[i])
}

// The columns.
const (
	colTime = iota
	colCallID
	colUser
	colMessage
	colMethod
	colStatus
	colFrom
	colTo
	colFromTag
	colToTag
	colDirection
	columns
)

var columnDocs = [columns]string{
	"the time", "the Call-ID", "the user that is traced", "the message", "the method", "the code of a reply",
	"where the message came from", "where it went", "the tag of From", "the tag of To", "the direction, in or out",
}

var params = kemi.Params[state]{
	text("db_url", "mysql://kamailio:kamailiorw@localhost/kamailio", func(s *state) *string { return &s.dbURL }, "database of the table"),
	text("table", "sip_trace", func(s *state) *string { return &s.table }, "table of the copies"),
	column(colTime, "date", "time_stamp"),
	column(colCallID, "callid", "callid"),
	column(colUser, "traced_user", "traced_user"),
	column(colMessage, "msg", "msg"),
	column(colMethod, "method", "method"),
	column(colStatus, "status", "status"),
	column(colFrom, "fromip", "fromip"),
	column(colTo, "toip", "toip"),
	column(colFromTag, "fromtag", "fromtag"),
	column(colToTag, "totag", "totag"),
	column(colDirection, "direction", "direction"),
	number("trace_flag", -1, func(s *state) *int { return &s.flag }, "message flag that has the transaction of a request copied; -1: none"),
	number("trace_on", 0, func(s *state) *int { return &s.initiallyOn }, "1 switches the module on; see also siptrace.status"),
	text("traced_user_avp", "", func(s *state) *string { return &s.userAVP }, "$avp(name) that holds the user for the table; it is read where the script or the flag chooses a message"),
	text("trace_table_avp", "", func(s *state) *string { return &s.tableAVP }, "$avp(name) that holds the table for the copy, read likewise"),
	text("duplicate_uri", "", func(s *state) *string { return &s.duplicateURI }, "SIP URI of the capture server; copies go there by UDP"),
	number("trace_to_database", 1, func(s *state) *int { return &s.toDatabase }, "1 writes the copies to the database"),
	text("trace_local_ip", "", func(s *state) *string { return &s.localIP }, "proto:ip:port that stands for the server's own addresses in the copies; empty: the real one"),
	number("trace_sl_acks", 1, func(s *state) *int { return &s.unused }, "accepted; an ACK of a stateless reply is copied with all messages (trace_mode 1)"),
	number("xheaders_write", 0, func(s *state) *int { return &s.xheaders }, "1 adds X-Siptrace headers with the addresses to copies that are no HEP packets"),
	number("xheaders_read", 0, func(s *state) *int { return &s.unused }, "accepted; copies are not received here"),
	number("hep_mode_on", 0, func(s *state) *int { return &s.hepOn }, "1 sends copies as HEP packets, 0 as they are"),
	number("hep_version", 1, func(s *state) *int { return &s.hepVersion }, "version of HEP: 1, 2 or 3"),
	number("hep_capture_id", 1, func(s *state) *int { return &s.captureID }, "number of this server at the capture server; versions 2 and 3"),
	text("auth_key", "", func(s *state) *string { return &s.authKey }, "key of the capture server; version 3"),
	text("force_send_sock", "", func(s *state) *string { return &s.sendSocket }, "proto:ip:port that copies come from, where only the address counts"),
	text("send_sock_addr", "", func(s *state) *string { return &s.sendSocket }, "newer name of force_send_sock"),
	text("send_sock_name", "", func(s *state) *string { return &s.sendName }, "name of the listen socket whose address copies come from"),
	number("trace_delayed", 0, func(s *state) *int { return &s.unused }, "accepted; rows are always written later, together with others"),
	number("trace_db_mode", 0, func(s *state) *int { return &s.unused }, "accepted, as trace_delayed"),
	number("trace_init_mode", 0, func(s *state) *int { return &s.unused }, "accepted; what is needed is prepared by trace_mode and the functions"),
	number("trace_mode", 0, func(s *state) *int { return &s.mode }, "1 copies all messages to duplicate_uri; 2 writes them to the database; 3 does both"),
	number("data_mode", 0, func(s *state) *int { return &s.unused }, "accepted; the copies are the messages as they were on the wire"),
	text("evcb_msg", "", func(s *state) *string { return &s.callback }, "script function that is asked about each message of trace_mode"),
	number("trace_ephemeral_socket", 0, func(s *state) *int { return &s.unused }, "accepted; the copies name the listen socket"),
	number("trace_dialog_ack", 1, func(s *state) *int { return &s.dialogACK }, "0 leaves the ACKs of dialogs out"),
	number("trace_dialog_spiral", 1, func(s *state) *int { return &s.unused }, "accepted; a request that comes back is copied each time"),
}
