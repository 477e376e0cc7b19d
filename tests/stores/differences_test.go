package stores

// differences are the cases of TestRegistrarIsKamailios.
var differences = []struct {
	name   string
	params string
	steps  []step
}{
	{"plain", "", []step{
		register("Contact: <sip:a@192.0.2.1>;expires=300"), register("Contact: <sip:a@192.0.2.1>;q=0.5"), lookupStep(),
		register("Contact: <sip:b@192.0.2.1>;q=0.7"), lookupStep(), register(""), register("Contact: *|Expires: 0"), lookupStep(),
		register("Contact: *|Expires: 5"), register("Contact: <sip:a@192.0.2.1>;q=1.5"), register("Contact: <sip:a@192.0.2.1>;expires=0"),
	}},
	{"cseq", "", []step{
		register("Contact: <sip:a@192.0.2.1>|Call-ID: x|CSeq: 5 REGISTER"), register("Contact: <sip:a@192.0.2.1>;expires=99|Call-ID: x|CSeq: 5 REGISTER"),
		register("Contact: <sip:a@192.0.2.1>|Call-ID: x|CSeq: 4 REGISTER"), register("Contact: <sip:a@192.0.2.1>;expires=0|Call-ID: x|CSeq: 3 REGISTER"),
	}},
	{"cseq_delay 0", "usrloc.cseq_delay=0", []step{
		register("Contact: <sip:a@192.0.2.1>|Call-ID: x|CSeq: 5 REGISTER"), register("Contact: <sip:a@192.0.2.1>;expires=99|Call-ID: x|CSeq: 5 REGISTER"),
	}},
	{"matching 1", "usrloc.matching_mode=1", []step{
		register("Contact: <sip:a@192.0.2.1>|Call-ID: x"), register("Contact: <sip:a@192.0.2.1>|Call-ID: y"), lookupStep(),
	}},
	{"matching 2", "usrloc.matching_mode=2 use_path=1 path_mode=0", []step{
		register("Contact: <sip:a@192.0.2.1>|Path: <sip:p1;lr>"), register("Contact: <sip:a@192.0.2.1>|Path: <sip:p2;lr>"), register("Contact: <sip:a@192.0.2.1>"), lookupStep(),
	}},
	{"matching 3", "usrloc.matching_mode=3", []step{
		register("Contact: <sip:a@192.0.2.1>|Call-ID: x|CSeq: 1 REGISTER"), register("Contact: <sip:b@192.0.2.1>|Call-ID: x|CSeq: 2 REGISTER"), lookupStep(),
	}},
	{"max_contacts", "max_contacts=1 retry_after=30", []step{
		register("Contact: <sip:a@192.0.2.1>"), register("Contact: <sip:b@192.0.2.1>"),
		{"REGISTER", "alice", `KSR.pv.seti("$xavp(reg=>max_contacts)", 2); return saved(2)`, "Contact: <sip:b@192.0.2.1>"},
		{"REGISTER", "alice", `return saved(2)`, "Contact: <sip:c@192.0.2.1>"}, {"REGISTER", "alice", `save(4)`, "Contact: <sip:c@192.0.2.1>"},
	}},
	{"expiry limits", "min_expires=100 max_expires=1000 default_expires=500", []step{
		register("Contact: <sip:a@192.0.2.1>;expires=10"), register("Contact: <sip:a@192.0.2.1>;expires=5000"), register("Contact: <sip:a@192.0.2.1>"),
		register("Contact: <sip:a@192.0.2.1>|Expires: 200"), {"REGISTER", "alice", `KSR.pv.seti("$xavp(reg=>expires)", 333); save()`, "Contact: <sip:a@192.0.2.1>;expires=400"},
		{"REGISTER", "alice", `KSR.pv.seti("$xavp(reg=>q)", 250); save()`, "Contact: <sip:a@192.0.2.1>;q=0.9"},
	}},
	{"too brief", "min_expires=100 min_expires_mode=1", []step{
		register("Contact: <sip:a@192.0.2.1>;expires=10"), register("Contact: <sip:a@192.0.2.1>;expires=100"), register("Contact: <sip:a@192.0.2.1>;expires=0"),
	}},
	{"default_q", "default_q=380", []step{register("Contact: <sip:a@192.0.2.1>"), {"REGISTER", "alice", `KSR.registrar.set_q_override("0.2"); save()`, "Contact: <sip:a@192.0.2.1>;q=0.9"}, lookupStep()}},
	{"path 0", "use_path=1 path_mode=0", []step{register("Contact: <sip:a@192.0.2.1>|Path: <sip:p1;lr>, <sip:p2;lr>|Path: <sip:p3;lr>"), lookupStep()}},
	{"path 1", "use_path=1 path_mode=1", []step{register("Contact: <sip:a@192.0.2.1>|Path: <sip:p1;lr>"), register("Contact: <sip:b@192.0.2.1>|Path: <sip:p1;lr>|Supported: path"), lookupStep()}},
	{"path 2", "use_path=1 path_mode=2", []step{register("Contact: <sip:b@192.0.2.1>|Path: <sip:p1;lr>|Supported: path"), register("Contact: <sip:b@192.0.2.1>"), lookupStep()}},
	{"path received", "use_path=1 path_mode=0 path_use_received=1", []step{
		register("Contact: <sip:a@192.0.2.1>|Path: <sip:p1;lr;received=sip:192.0.2.9:5062%3Btransport%3Dtcp>"), lookupStep(),
		register("Contact: <sip:b@192.0.2.1>|Path: <sip:p1;lr>"), lookupStep(),
	}},
	{"path local", "use_path=1 path_mode=0 path_check_local=1", []step{
		register("Contact: <sip:a@192.0.2.1>|Path: <sip:127.0.0.1:5060;lr>"), lookupStep(), register("Contact: <sip:b@192.0.2.1>|Path: <sip:127.0.0.1;lr>,<sip:p2;lr>"), lookupStep(),
	}},
	{"received", "received_avp=$avp(rcv)", []step{
		{"REGISTER", "alice", `KSR.pv.sets("$avp(rcv)", "sip:192.0.2.8:5062;transport=tcp"); KSR.setbflag(6); save()`, "Contact: <sip:a@192.0.2.1>"}, lookupStep(),
	}},
	{"received_param", "received_param=rcv", []step{register(`Contact: <sip:a@192.0.2.1>;rcv="sip:192.0.2.9"`), register(`Contact: <sip:b@192.0.2.1>;received="sip:192.0.2.9"`), lookupStep()}},
	{"methods", "method_filtering=1", []step{
		register(`Contact: <sip:a@192.0.2.1>|` + allowM), register(`Contact: <sip:b@192.0.2.1>;methods="MESSAGE"`), lookupStep(),
		{"MESSAGE", "alice", `return KSR.registrar.lookup("location") .. " " .. branches()`, ""}, {"PUBLISH", "alice", `return KSR.registrar.lookup("location") .. " " .. branches()`, ""},
	}},
	// Where outbound is in use, a refreshed flow does not end the others (RFC 5626 6); in the incumbent it does.
	{"instances", "", []step{
		register(`Contact: <sip:a@192.0.2.1>` + inst), register(`Contact: <sip:b@192.0.2.1>` + inst), register(`Contact: <sip:b@192.0.2.1>;reg-id=1` + inst),
		register(`Contact: <sip:c@192.0.2.1>;reg-id=1` + inst), register(`Contact: <sip:c@192.0.2.1>;reg-id=2` + inst), register("Contact: <sip:c@192.0.2.1>;reg-id=2"), lookupStep(),
	}},
	{"regid_mode", "regid_mode=1", []step{
		register(`Contact: <sip:a@192.0.2.1>` + inst), register(`Contact: <sip:b@192.0.2.1>;reg-id=1` + inst), register(`Contact: <sip:c@192.0.2.1>;reg-id=2` + inst),
		register(`Contact: <sip:d@192.0.2.1>;reg-id=1` + inst), lookupStep(),
	}},
	{"outbound 1", "outbound_mode=1 flow_timer=25 use_path=1 path_mode=0", []step{
		register(`Contact: <sip:a@192.0.2.1>;reg-id=1` + inst), register(`Contact: <sip:a@192.0.2.1>;reg-id=1` + inst + "|Supported: outbound"),
		register("Contact: <sip:d@192.0.2.1>;reg-id=2|Supported: outbound"), register("Contact: *|Expires: 0"), register(`Contact: <sip:c@192.0.2.1>;reg-id=2` + inst + "|Require: outbound"), lookupStep(),
	}},
	{"outbound 2", "outbound_mode=2 flow_timer=25", []step{register(`Contact: <sip:a@192.0.2.1>`), register(`Contact: <sip:a@192.0.2.1>;reg-id=1` + inst + "|Supported: outbound"), register("")}},
	{"outbound 1, regid_mode 1", "outbound_mode=1 regid_mode=1", []step{
		register(`Contact: <sip:a@192.0.2.1>;reg-id=1` + inst + "|Supported: outbound"), register(`Contact: <sip:b@192.0.2.1>;reg-id=2` + inst + "|Supported: outbound"), register(`Contact: <sip:c@192.0.2.1>;reg-id=3` + inst), lookupStep(),
	}},
	{"gruu", "", []step{
		register(`Contact: <sip:a@192.0.2.1>` + inst + "|Supported: gruu"), {"INVITE", "alice", `return KSR.registrar.lookup_uri("location", "sip:alice@h.test;gr=urn:uuid:1") .. " " .. branches()`, ""},
		{"INVITE", "alice", `return KSR.registrar.lookup_uri("location", "sip:alice@h.test;gr=urn:uuid:2") .. " " .. branches()`, ""}, {"INVITE", "alice", `return KSR.registrar.lookup_uri("location", "sip:alice@h.test;gr") .. " " .. branches()`, ""},
	}},
	{"no gruu", "gruu_enabled=0", []step{register(`Contact: <sip:a@192.0.2.1>` + inst + "|Supported: gruu"), {"INVITE", "alice", `return KSR.registrar.lookup_uri("location", "sip:alice@h.test;gr=urn:uuid:2") .. " " .. branches()`, ""}}},
	{"realm and case", "usrloc.use_domain=1 realm_prefix=sip. case_sensitive=1", []step{
		{"REGISTER", "Alice", `return KSR.registrar.save_uri("location", 2, "sip:Alice@SIP.h.test")`, "Contact: <sip:a@192.0.2.1>"},
		{"INVITE", "Alice", `return KSR.registrar.lookup("location") .. KSR.registrar.registered_uri("location", "sip:alice@h.test") .. KSR.registrar.registered_uri("location", "sip:Alice@sip.H.test")`, ""},
	}},
	{"functions", "xavp_rcd=rcd", []step{
		{"REGISTER", "alice", `return saved(2)`, "Contact: <sip:a@192.0.2.1>;q=0.5|Call-ID: x"}, {"REGISTER", "alice", `local r = KSR.registrar.save("location", 2); KSR.registrar.reg_send_reply()`, "Contact: <sip:b@192.0.2.1>"},
		{"INVITE", "alice", `return KSR.registrar.registered("location") .. " " .. show("$xavp(rcd=>contact)", "$xavp(rcd=>received)", "$xavp(rcd=>path)")`, ""},
		{"INVITE", "bob", `return KSR.registrar.registered("location") .. KSR.registrar.registered_uri("location", "sip:alice@h.test") .. KSR.registrar.registered_uri("location", "garbage")`, ""},
		{"INVITE", "alice", `KSR.pv.sets("$xavp(reg=>match_callid)", "x"); local r = KSR.registrar.registered_flags("location", "sip:alice@h.test", 1); return r .. show("$xavp(rcd=>contact)")`, ""},
		{"INVITE", "alice", `KSR.pv.sets("$xavp(reg=>match_callid)", "zzz"); return KSR.registrar.registered_flags("location", "sip:alice@h.test", 1)`, ""},
		{"INVITE", "alice", `KSR.pv.sets("$xavp(reg=>match_contact)", "sip:b@192.0.2.1"); local r = KSR.registrar.registered_action("location", "sip:alice@h.test", 4, 2); return r .. show("$xavp(rcd=>contact)")`, ""},
		{"INVITE", "alice", `KSR.pv.sets("$xavp(reg=>match_received)", "sip:none"); return KSR.registrar.registered_flags("location", "sip:alice@h.test", 2) .. KSR.registrar.registered_flags("location", "sip:alice@h.test", 0)`, ""},
		{"INVITE", "alice", `return KSR.registrar.lookup_to_dset("location", "sip:alice@h.test") .. branches()`, ""},
		{"INVITE", "bob", `KSR.corex = nil; return KSR.registrar.lookup_branches("location") .. branches()`, ""},
		{"INVITE", "alice", `return KSR.registrar.lookup_branches("location") .. branches()`, ""},
		{"INVITE", "alice", `return KSR.registrar.reg_fetch_contacts("location", "sip:alice@h.test", "p") .. show("$(ulc(p=>addr)[0])", "$(ulc(p=>addr)[1])", "$ulc(p=>count)", "$ulc(p=>aor)", "$ulc(p=>callid)", "$(ulc(p=>q)[0])", "$ulc(p=>cseq)", "$ulc(p=>flags)", "$ulc(p=>cflags)", "$ulc(p=>user_agent)", "$ulc(p=>socket)", "$ulc(p=>methods)", "$ulc(p=>received)", "$ulc(p=>path)", "$ulc(p=>instance)", "$ulc(p=>regid)", "$ulc(p=>conid)", "$ulc(p=>domain)", "$(ulc(p=>addr)[2])")`, ""},
		{"INVITE", "alice", `return KSR.registrar.unregister_ruid("location", "sip:alice@h.test", "none") .. KSR.registrar.unregister("location", "sip:alice@h.test") .. KSR.registrar.unregister("location", "sip:alice@h.test") .. KSR.registrar.unregister("location", "sip:")`, ""},
		lookupStep(),
	}},
	{"registered in a REGISTER", "", []step{
		{"REGISTER", "alice", `return saved(0)`, "Contact: <sip:a@192.0.2.1>"}, {"REGISTER", "alice", `return saved(2, "sip:carol@h.test")`, "Contact: <sip:a@192.0.2.1>"}, {"INVITE", "carol", `return KSR.registrar.registered("location")`, ""},
	}},
	{"save flags", "default_expires_range=50 expires_range=50", []step{
		{"REGISTER", "alice", `save(8)`, "Contact: <sip:a@192.0.2.1>"}, {"REGISTER", "alice", `save(8)`, "Contact: <sip:a@192.0.2.1>;expires=500"},
		{"REGISTER", "alice", `save(12)`, "Contact: <sip:b@192.0.2.1>;expires=500"},
	}},
	{"no branches", "append_branches=0", []step{register("Contact: <sip:a@192.0.2.1>;q=0.3, <sip:b@192.0.2.1>;q=0.6"), lookupStep()}},
	{"by time", "usrloc.desc_time_order=1", []step{
		register("Contact: <sip:a@192.0.2.1>;q=0.9"), register("Contact: <sip:b@192.0.2.1>;q=0.1"), lookupStep(), register("Contact: <sip:a@192.0.2.1>"), lookupStep(),
	}},
	{"flags filter", "lookup_filter_mode=1", []step{
		{"REGISTER", "alice", `KSR.setbflag(3); save()`, "Contact: <sip:a@192.0.2.1>"}, {"REGISTER", "alice", `KSR.setbflag(4); save()`, "Contact: <sip:b@192.0.2.1>"}, lookupStep(),
		{"INVITE", "alice", `KSR.pv.seti("$xavp(reg=>rlf_bflags)", 8); return KSR.registrar.lookup("location") .. branches()`, ""},
		{"INVITE", "alice", `KSR.pv.seti("$xavp(reg=>rlf_bflags)", 24); return KSR.registrar.lookup("location") .. branches()`, ""},
		{"INVITE", "alice", `KSR.pv.seti("$xavp(reg=>rlf_bflags)", 2); return KSR.registrar.lookup("location") .. branches()`, ""},
	}},
	{"connection filter", "lookup_filter_mode=2", []step{register("Contact: <sip:a@192.0.2.1>"), lookupStep()}},
	{"socket header", "sock_hdr_name=X-Sock sock_flag=7", []step{
		{"REGISTER", "alice", `KSR.setflag(7); save()`, "Contact: <sip:a@192.0.2.1>|X-Sock: udp:192.0.2.200:5060"},
		{"REGISTER", "alice", `return KSR.registrar.add_sock_hdr("X-Sock")`, "Contact: <sip:a@192.0.2.1>"},
	}},
	{"long contact", "contact_max_size=20", []step{register("Contact: <sip:aaaaaaaaaaaaaaaaaaaaaa@192.0.2.1>")}},
	{"strange", "", []step{
		register("Contact: <sip:a@192.0.2.1>, *|Expires: 0"), register("Contact: a@192.0.2.1"), register("Contact: <tel:+49>"), register("Contact: <sip:a@192.0.2.1>;expires=x"),
		register("Contact: <sip:a@192.0.2.1>;expires=-1"), register("Contact: <sip:a@192.0.2.1>;expires=4294967296"), register("Contact: \"A, B\" <sip:c@192.0.2.1;x=y>;q=.5"), register("Contact: <sip:c@192.0.2.1>;q=0.0"),
	}},
}
