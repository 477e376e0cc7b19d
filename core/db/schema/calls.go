package schema

// calls are what accounting and dialogs keep.
func calls() []Table {
	return []Table{
		{Name: "acc", Group: "acc", Version: 5, Columns: record(), Indexes: []Index{
			index("callid_idx", "callid"),
		}},
		{Name: "acc_cdrs", Group: "acc", Version: 2, Columns: []Column{
			column("start_time", datetime).or("'2000-01-01 00:00:00'"), column("end_time", datetime).or("'2000-01-01 00:00:00'"),
			column("duration", float3).or("0"),
		}, Indexes: []Index{
			index("start_time_idx", "start_time"),
		}},
		{Name: "missed_calls", Group: "acc", Version: 4, Columns: record(), Indexes: []Index{
			index("callid_idx", "callid"),
		}},
		{Name: "dialog", Group: "dialog", Version: 7, Columns: []Column{
			unsigned("hash_entry").required(), unsigned("hash_id").required(), varchar("callid", 255).required(),
			varchar("from_uri", 255).required(), varchar("from_tag", 128).required(), varchar("to_uri", 255).required(),
			varchar("to_tag", 128).required(), varchar("caller_cseq", 20).required(), varchar("callee_cseq", 20).required(),
			varchar("caller_route_set", 512).null(), varchar("callee_route_set", 512).null(),
			varchar("caller_contact", 255).required(), varchar("callee_contact", 255).required(),
			varchar("caller_sock", 64).required(), varchar("callee_sock", 64).required(), unsigned("state").required(),
			unsigned("start_time").required(), unsigned("timeout"), unsigned("sflags"), unsigned("iflags"),
			varchar("toroute_name", 32).null(), varchar("req_uri", 255).required(), varchar("xdata", 512).null(),
		}, Indexes: []Index{
			index("hash_idx", "hash_entry", "hash_id"),
		}},
		{Name: "dialog_vars", Group: "dialog", Version: 1, Columns: []Column{
			unsigned("hash_entry").required(), unsigned("hash_id").required(), varchar("dialog_key", 128).required(),
			varchar("dialog_value", 512).required(),
		}, Indexes: []Index{
			index("hash_idx", "hash_entry", "hash_id"),
		}},
	}
}

// traces are what tracing and topology hiding keep.
func traces() []Table {
	return []Table{
		{Name: "sip_trace", Group: "siptrace", Version: 4, Columns: []Column{
			column("time_stamp", datetime).or("'2000-01-01 00:00:01'"), unsigned("time_us"), varchar("callid", 255),
			varchar("traced_user", 255), column("msg", mediumText), varchar("method", 50), varchar("status", 255),
			varchar("fromip", 64), varchar("toip", 64), varchar("fromtag", 128), varchar("totag", 128), varchar("direction", 4),
		}, Indexes: []Index{
			index("traced_user_idx", "traced_user"), index("date_idx", "time_stamp"), index("fromip_idx", "fromip"),
			index("callid_idx", "callid"),
		}},
		{Name: "topos_d", Group: "topos", Version: 2, Columns: []Column{
			column("rectime", datetime), varchar("x_context", 64), varchar("s_method", 64), varchar("s_cseq", 64),
			varchar("a_callid", 255), varchar("a_uuid", 255), varchar("b_uuid", 255), varchar("a_contact", 512),
			varchar("b_contact", 512), varchar("as_contact", 512), varchar("bs_contact", 512), varchar("a_tag", 255),
			varchar("b_tag", 255), column("a_rr", mediumText).null(), column("b_rr", mediumText).null(),
			column("s_rr", mediumText).null(), unsigned("iflags"), varchar("a_uri", 255), varchar("b_uri", 255), varchar("r_uri", 255),
			varchar("a_srcaddr", 128), varchar("b_srcaddr", 128), varchar("a_socket", 128), varchar("b_socket", 128),
		}, Indexes: []Index{
			index("rectime_idx", "rectime"), index("a_callid_idx", "a_callid"), index("a_uuid_idx", "a_uuid"),
			index("b_uuid_idx", "b_uuid"),
		}},
		{Name: "topos_t", Group: "topos", Version: 2, Columns: []Column{
			column("rectime", datetime), varchar("x_context", 64), varchar("s_method", 64), varchar("s_cseq", 64),
			varchar("a_callid", 255), varchar("a_uuid", 255), varchar("b_uuid", 255), number("direction"),
			column("x_via", mediumText).null(), varchar("x_vbranch", 255), column("x_rr", mediumText).null(),
			column("y_rr", mediumText).null(), column("s_rr", mediumText).null(), varchar("x_uri", 255), varchar("a_contact", 512),
			varchar("b_contact", 512), varchar("as_contact", 512), varchar("bs_contact", 512), varchar("x_tag", 255),
			varchar("a_tag", 255), varchar("b_tag", 255), varchar("a_srcaddr", 255), varchar("b_srcaddr", 255),
			varchar("a_socket", 128), varchar("b_socket", 128),
		}, Indexes: []Index{
			index("rectime_idx", "rectime"), index("a_callid_idx", "a_callid"), index("x_vbranch_idx", "x_vbranch"),
			index("a_uuid_idx", "a_uuid"),
		}},
	}
}

// record are the columns of a record of accounting.
func record() []Column {
	return []Column{
		varchar("method", 16), varchar("from_tag", 128), varchar("to_tag", 128), varchar("callid", 255), varchar("sip_code", 3),
		varchar("sip_reason", 128), column("time", datetime),
	}
}
