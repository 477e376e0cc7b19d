package stores

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/tests/inproc"
)

// renamed are the parameters that name tables and columns: "parameter=name", the name's table first where it is a column.
var renamed = map[string]string{
	"alias_db": "user_column=dbaliases.username domain_column=dbaliases.domain alias_user_column=dbaliases.alias_username alias_domain_column=dbaliases.alias_domain",
	"acc": "db_table_acc=acc db_table_missed_calls=missed_calls acc_method_column=acc.method acc_from_tag_column=acc.from_tag acc_to_tag_column=acc.to_tag " +
		"acc_callid_column=acc.callid acc_sip_code_column=acc.sip_code acc_sip_reason_column=acc.sip_reason acc_time_column=acc.time",
	"auth_db": "user_column=subscriber.username domain_column=subscriber.domain",
	"domain": "domain_table=domain domain_attrs_table=domain_attrs did_col=domain.did did_col=domain_attrs.did domain_col=domain.domain " +
		"name_col=domain_attrs.name type_col=domain_attrs.type value_col=domain_attrs.value",
	"group": "table=grp user_column=grp.username domain_column=grp.domain group_column=grp.grp re_table=re_grp re_exp_column=re_grp.reg_exp re_gid_column=re_grp.group_id",
	"msilo": "db_table=silo sc_mid=silo.id sc_from=silo.src_addr sc_to=silo.dst_addr sc_uri_user=silo.username sc_uri_host=silo.domain sc_body=silo.body " +
		"sc_ctype=silo.ctype sc_exp_time=silo.exp_time sc_inc_time=silo.inc_time sc_snd_time=silo.snd_time sc_stored_hdrs=silo.extra_hdrs sc_callid=silo.callid sc_status=silo.status",
	"permissions": "trusted_table=trusted source_col=trusted.src_ip proto_col=trusted.proto from_col=trusted.from_pattern ruri_col=trusted.ruri_pattern tag_col=trusted.tag " +
		"priority_col=trusted.priority address_table=address grp_col=address.grp ip_addr_col=address.ip_addr mask_col=address.mask port_col=address.port tag_col=address.tag",
	"speeddial": "user_column=speed_dial.username domain_column=speed_dial.domain sd_user_column=speed_dial.sd_username sd_domain_column=speed_dial.sd_domain new_uri_column=speed_dial.new_uri",
	"usrloc": "ruid_column=location.ruid user_column=location.username domain_column=location.domain contact_column=location.contact expires_column=location.expires " +
		"q_column=location.q callid_column=location.callid cseq_column=location.cseq flags_column=location.flags cflags_column=location.cflags " +
		"user_agent_column=location.user_agent received_column=location.received path_column=location.path socket_column=location.socket methods_column=location.methods " +
		"instance_column=location.instance reg_id_column=location.reg_id server_id_column=location.server_id connection_id_column=location.connection_id " +
		"keepalive_column=location.keepalive partition_column=location.partition",
}

// columnsConfig loads the modules with tables; the parameters of their names follow.
const columnsConfig = `debug=1
listen=udp:127.0.0.1:PORT
loadmodule "db_sqlite.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "alias_db.so"
loadmodule "acc.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
loadmodule "domain.so"
loadmodule "group.so"
loadmodule "msilo.so"
loadmodule "permissions.so"
loadmodule "speeddial.so"
loadmodule "app_lua.so"
modparam("usrloc|alias_db|acc|auth_db|domain|group|msilo|permissions|speeddial", "db_url", DBURL)
modparam("usrloc", "db_mode", 3)
modparam("usrloc", "version_table", 0)
modparam("usrloc", "preload", "location")
modparam("auth_db|alias_db|group", "use_domain", 1)
modparam("alias_db|usrloc|speeddial", "use_domain", 1)
modparam("acc", "db_version_check", 0)
modparam("msilo", "use_mode", 1)
modparam("group", "re_table", "re_grp")
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
MORE
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// columnsRows are one row of each table that is only read.
var columnsRows = []string{
	"INSERT INTO dbaliases (username, domain, alias_username, alias_domain) VALUES ('alice', 'h.test', 'al', 'h.test')",
	"INSERT INTO subscriber (username, domain, password) VALUES ('alice', 'h.test', 'x')",
	"INSERT INTO domain (domain, did, last_modified) VALUES ('h.test', 'one', 1)",
	"INSERT INTO domain_attrs (did, name, type, value, last_modified) VALUES ('one', 'color', 2, 'red', 1)",
	"INSERT INTO grp (username, domain, grp, last_modified) VALUES ('alice', 'h.test', 'ld', 1)",
	"INSERT INTO re_grp (reg_exp, group_id) VALUES ('^sip:alice@', 10)",
	"INSERT INTO trusted (src_ip, proto, from_pattern, ruri_pattern, tag, priority) VALUES ('127.0.0.1', 'udp', '^sip:alice@', 'alice', 'peer', 1)",
	"INSERT INTO address (grp, ip_addr, mask, port, tag) VALUES (3, '127.0.0.0', 8, 0, 'net')",
	"INSERT INTO speed_dial (username, domain, sd_username, sd_domain, new_uri) VALUES ('alice', 'h.test', '12', 'h.test', 'sip:long@h.test')",
}

// columnSteps use every table.
var columnSteps = []step{
	{"REGISTER", "alice", `save()`, `Contact: <sip:a@192.0.2.1>;q=0.5;expires=300;+sip.instance="<urn:uuid:1>";reg-id=1|Path: <sip:p1;lr>|User-Agent: Phone`},
	lookupStep(),
	{"INVITE", "alice", `return KSR.registrar.reg_fetch_contacts("location", "sip:alice@h.test", "p") .. show("$ulc(p=>addr)", "$ulc(p=>path)", "$ulc(p=>q)", "$ulc(p=>callid)", "$ulc(p=>cseq)", "$ulc(p=>user_agent)", "$ulc(p=>instance)", "$ulc(p=>regid)", "$ulc(p=>methods)", "$ulc(p=>aor)")`, ""},
	{"INVITE", "al", `return KSR.alias_db.lookup("dbaliases") .. show("$ru")`, ""},
	{"INVITE", "12", `return KSR.speeddial.lookup("speed_dial") .. show("$ru")`, "From: <sip:alice@h.test>;tag=1"},
	{"INVITE", "alice", `return KSR.auth_db.is_subscriber("sip:alice@h.test", "subscriber", 1) .. KSR.auth_db.is_subscriber("sip:carol@h.test", "subscriber", 1)`, ""},
	{"INVITE", "alice", `return KSR.domain.lookup_domain("h.test") .. show("$avp(did)", "$avp(color)")`, ""},
	{"INVITE", "alice", `return KSR.group.is_user_in("sip:alice@h.test", "ld") .. KSR.group.is_user_in("sip:alice@h.test", "int")`, ""},
	{"INVITE", "alice", `return KSR.permissions.allow_trusted() .. KSR.permissions.allow_source_address_group()`, ""},
	{"INVITE", "alice", `return KSR.acc.acc_db_request("200 Fine", "ACC")`, ""},
	{"MESSAGE", "alice", `return KSR.msilo.mstore()`, "Content-Type: text/x|X-Note: 1"},
}

// TestNamesOfTablesAndColumns: with every table and column under another name, and the parameters that say so, all is
// found and written as before.
func TestNamesOfTablesAndColumns(t *testing.T) {
	plain, other := playColumns(t, false), playColumns(t, true)
	if len(plain) != len(other) {
		t.Fatalf("%d results and %d", len(plain), len(other))
	}
	for i := range plain {
		if !sameButSeconds(plain[i], other[i]) {
			t.Errorf("%d: plain\n%s\nwith other names\n%s", i, plain[i], other[i])
		}
	}
}

func playColumns(t *testing.T, rename bool) (list []string) {
	t.Helper()
	url := dbtest.SQLite(t)
	d := dbtest.Tables(t, url, "usrloc", "dbaliases", "subscriber", "domain", "domain_attrs", "grp", "re_grp", "trusted", "address", "speed_dial", "acc", "silo")
	for _, text := range columnsRows {
		write(t, d, text)
	}
	more, name := "", func(n string) string { return n }
	if rename {
		more, name = renameAll(t, d), func(n string) string { return "x_" + n }
	}
	config := strings.NewReplacer("MORE", more, "ACC", name("acc")).Replace(columnsConfig)
	s := inproc.Start(t, inproc.Options{
		Config: config, Files: []inproc.File{{Name: "routes.lua", Text: strings.ReplaceAll(differentialScript, "ACC", name("acc"))}},
		Defines: []string{"PORT=" + inproc.FreePort(t), fmt.Sprintf("DBURL=%q", url)},
	})
	p := s.Peer("127.0.0.1:0")
	for i, x := range columnSteps {
		list = append(list, askColumn(p, i, x, name("acc")))
	}
	return append(list, columnRows(t, d, name)...)
}

// askColumn sends the request of a step and gives what the answer shows.
func askColumn(p *inproc.Peer, i int, x step, acc string) string {
	headers := []string{"X-Lua: " + strings.ReplaceAll(x.lua, "ACC", acc), fmt.Sprintf("To: <sip:%s@h.test>", x.user), fmt.Sprintf("From: <sip:%s@h.test>;tag=1", x.user), fmt.Sprintf("Call-ID: call-%d", i)}
	if x.headers != "" {
		headers = append(headers, strings.Split(x.headers, "|")...)
	}
	uri, text := "sip:"+x.user+"@h.test", ""
	switch x.method {
	case "REGISTER":
		uri = "sip:h.test"
	case "MESSAGE":
		text = "hello"
		headers = append(headers, "Content-Length: 5")
	}
	p.Send(p.Request(x.method, uri, headers...) + text)
	lines := shownHeaders.FindAllString(strings.ReplaceAll(p.Receive(), "\r", ""), -1)
	return varying.ReplaceAllString(strings.Join(lines, " / "), "RUID")
}

func write(t *testing.T, d *db.DB, text string) {
	t.Helper()
	if err := d.Write(db.Exec(text)); err != nil {
		t.Fatal(err)
	}
}

// renameAll gives every table and column that a parameter names another name, and the lines that say so.
func renameAll(t *testing.T, d *db.DB) string {
	t.Helper()
	var lines strings.Builder
	var tables []string
	for module, list := range renamed {
		for x := range strings.FieldsSeq(list) {
			param, name, _ := strings.Cut(x, "=")
			table, column, isColumn := strings.Cut(name, ".")
			if isColumn {
				write(t, d, fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %q TO x_%s", table, column, column))
			} else {
				tables, column = append(tables, table), table
			}
			fmt.Fprintf(&lines, "modparam(%q, %q, \"x_%s\")\n", module, param, column)
		}
	}
	for _, column := range strings.Fields("method from_tag to_tag callid sip_code sip_reason time") { // acc has one set of names for both
		write(t, d, fmt.Sprintf("ALTER TABLE missed_calls RENAME COLUMN %q TO x_%s", column, column))
	}
	for _, table := range tables {
		write(t, d, fmt.Sprintf("ALTER TABLE %s RENAME TO x_%s", table, table))
		write(t, d, fmt.Sprintf("UPDATE version SET table_name='x_%s' WHERE table_name='%s'", table, table))
	}
	return lines.String()
}

// columnRows are the rows that were written, without what differs from run to run.
func columnRows(t *testing.T, d *db.DB, name func(string) string) (list []string) {
	t.Helper()
	for _, q := range []struct{ table, columns string }{
		{"location", "username domain contact q callid cseq flags cflags user_agent received path methods instance reg_id server_id keepalive partition"},
		{"acc", "method from_tag callid sip_code sip_reason"}, // the To tag is random
		{"silo", "id src_addr dst_addr username domain body ctype snd_time extra_hdrs callid status"},
	} {
		table := q.table
		if table != "location" {
			table = name(table)
		}
		var columns []string
		for c := range strings.FieldsSeq(q.columns) {
			columns = append(columns, name(c))
		}
		rows, err := d.Select(context.Background(), db.Query{Table: table, Columns: columns})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%s: %d rows, %v", table, len(rows), err)
		}
		list = append(list, fmt.Sprintf("%s %#v", q.table, []any(slices.Clone(rows[0]))))
	}
	return list
}
