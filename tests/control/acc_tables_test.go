package control

import (
	"context"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/tests/inproc"
)

const accTablesConfig = `debug=1
listen=udp:127.0.0.1:@PORT@
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "corex.so"
loadmodule "acc.so"
loadmodule "app_lua.so"
modparam("acc", "db_url", "@URL@")
modparam("acc", "db_flag", 1)
modparam("acc", "db_missed_flag", 2)
modparam("acc", "failed_transaction_flag", 3)
modparam("acc", "db_extra", "ru=$ru")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// accTablesScript relays calls to bob, or to bob and carol, and whatever follows them.
const accTablesScript = `
function ksr_request_route()
	if KSR.is_CANCEL() then
		if KSR.tm.t_check_trans() > 0 then KSR.tm.t_relay() end
		return
	end
	if not KSR.is_ACK() then KSR.setflag(1) end
	if KSR.is_INVITE() then KSR.setflag(2) end
	if KSR.hdr.get("X-Failed") ~= nil then KSR.setflag(3) end
	KSR.seturi("sip:bob@@BOB@")
	if KSR.hdr.get("X-Fork") ~= nil then KSR.corex.append_branch_uri("sip:carol@@CAROL@") end
	KSR.tm.t_relay()
end
`

// accTables is a server with its peers and its database.
type accTables struct {
	*testing.T
	server            *inproc.Server
	alice, bob, carol *inproc.Peer
	db                *db.DB
}

func startAccTables(t *testing.T, url string) *accTables {
	t.Helper()
	d := dbtest.Tables(t, url, "version", "acc")
	for _, table := range []string{"acc", "missed_calls"} {
		if err := d.Write(db.Exec("ALTER TABLE " + table + " ADD COLUMN ru VARCHAR(64)")); err != nil {
			t.Fatal(err)
		}
	}
	bob, carol := inproc.FreePort(t), inproc.FreePort(t)
	fill := strings.NewReplacer("@PORT@", inproc.FreePort(t), "@URL@", url, "@BOB@", "127.0.0.1:"+bob, "@CAROL@", "127.0.0.1:"+carol)
	s := inproc.Start(t, inproc.Options{
		Config: fill.Replace(accTablesConfig), Shards: 1, Files: []inproc.File{{Name: "routes.lua", Text: fill.Replace(accTablesScript)}},
	})
	return &accTables{t, s, s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:" + bob), s.Peer("127.0.0.1:" + carol), d}
}

// rows are those of a call in a table, once all records are written: method, tags, code, reason and the user of $ru.
func (a *accTables) rows(table, callID string) (list []string) {
	a.Helper()
	a.server.OnShard(0, func(*kemi.Shard) {}) // a record follows its reply
	for _, d := range a.server.Databases() {
		if err := d.Flush(context.Background()); err != nil {
			a.Fatal(err)
		}
	}
	rows, err := a.db.Select(context.Background(), db.Query{
		Table: table, Columns: []string{"method", "from_tag", "to_tag", "sip_code", "sip_reason", "ru"}, Where: []db.Cond{db.Eq("callid", callID)}, Order: "id",
	})
	if err != nil {
		a.Fatal(err)
	}
	for _, r := range rows {
		to, _, _ := strings.Cut(strings.TrimPrefix(r.Str(5), "sip:"), "@")
		tag := "to=" + r.Str(2)
		if r.Str(2) != "callee" && r.Str(2) != "" {
			tag = "to={own}"
		}
		if r.Str(1) != callID { // the peers use one text for both
			tag += " from=" + r.Str(1)
		}
		list = append(list, strings.Join([]string{r.Str(0), r.Str(3), r.Str(4), tag, to}, " "))
	}
	return list
}

// call sends an INVITE and gives it with its Call-ID.
func (a *accTables) call(headers ...string) (invite, callID string) {
	a.Helper()
	invite = a.alice.Request("INVITE", "sip:bob@example.test", headers...)
	a.alice.Send(invite)
	return invite, inproc.Header(invite, "Call-ID")
}

// follow sends a request of the dialog that an answer has made.
func (a *accTables) follow(method, cseq, invite, answer string) {
	a.Helper()
	a.alice.Send(a.alice.Request(method, "sip:bob@example.test", "CSeq: "+cseq+" "+method,
		"From: "+inproc.Header(invite, "From"), "To: "+inproc.Header(answer, "To"), "Call-ID: "+inproc.Header(invite, "Call-ID")))
}

// acknowledge ends a call that failed: the ACK belongs to the transaction of the INVITE.
func (a *accTables) acknowledge(invite, answer string) {
	a.Helper()
	a.alice.Send(a.alice.Request("ACK", "sip:bob@example.test", "Via: "+inproc.Header(invite, "Via"),
		"From: "+inproc.Header(invite, "From"), "To: "+inproc.Header(answer, "To"), "Call-ID: "+inproc.Header(invite, "Call-ID")))
}

// accTableCases are one call each, and the rows that it leaves in both tables.
var accTableCases = []struct {
	name        string
	run         func(*accTables) (callID string)
	acc, missed []string
}{
	{"answered and ended", answeredAndEnded, []string{"INVITE 200 OK to=callee bob", "BYE 200 OK to=callee bob"}, nil},
	{"cancelled", cancelled, nil, []string{"INVITE 487 Request Terminated to=callee bob"}},
	{"missed", refused(), nil, []string{"INVITE 486 Busy Here to=callee bob"}},
	{"failed", refused("X-Failed: 1"), []string{"INVITE 486 Busy Here to=callee bob"}, []string{"INVITE 486 Busy Here to=callee bob"}},
	{"missed with two branches", missedTwice, nil, []string{"INVITE 404 Not Found to=callee carol"}},
	{"answered by one of two", answeredByOne, []string{"INVITE 200 OK to=callee carol"}, nil},
}

func answeredAndEnded(a *accTables) string {
	invite, id := a.call()
	request := a.bob.Expect("INVITE")
	a.bob.Send(inproc.Reply(request, 180, "Ringing"))
	a.bob.Send(inproc.Reply(request, 200, "OK"))
	answer := final(a.alice)
	a.follow("ACK", "1", invite, answer)
	a.bob.Expect("ACK")
	a.follow("BYE", "2", invite, answer)
	a.bob.Send(inproc.Reply(a.bob.Expect("BYE"), 200, "OK"))
	final(a.alice)
	return id
}

func cancelled(a *accTables) string {
	invite, id := a.call()
	request := a.bob.Expect("INVITE")
	a.bob.Send(inproc.Reply(request, 180, "Ringing"))
	a.alice.Expect("100")
	a.alice.Expect("180")
	a.alice.Send(a.alice.Request("CANCEL", "sip:bob@example.test", "Via: "+inproc.Header(invite, "Via"),
		"From: "+inproc.Header(invite, "From"), "To: "+inproc.Header(invite, "To"), "Call-ID: "+id))
	a.bob.Send(inproc.Reply(a.bob.Expect("CANCEL"), 200, "OK"))
	a.bob.Send(inproc.Reply(request, 487, "Request Terminated"))
	a.bob.Expect("ACK")
	for answer := final(a.alice); ; answer = final(a.alice) {
		if strings.Contains(inproc.StartLine(answer), "487") {
			a.acknowledge(invite, answer)
			return id
		}
	}
}

// refused is a call that bob does not take.
func refused(headers ...string) func(*accTables) string {
	return func(a *accTables) string {
		invite, id := a.call(headers...)
		a.bob.Send(inproc.Reply(a.bob.Expect("INVITE"), 486, "Busy Here"))
		a.bob.Expect("ACK")
		a.acknowledge(invite, final(a.alice))
		return id
	}
}

// fork calls bob, who refuses, and carol.
func (a *accTables) fork() (invite, callID string) {
	a.Helper()
	invite, callID = a.call("X-Fork: 1")
	a.bob.Send(inproc.Reply(a.bob.Expect("INVITE"), 486, "Busy Here"))
	a.bob.Expect("ACK")
	return invite, callID
}

// missedTwice is refused by both: the better reply counts, and there is one row.
func missedTwice(a *accTables) string {
	invite, id := a.fork()
	a.carol.Send(inproc.Reply(a.carol.Expect("INVITE"), 404, "Not Found"))
	a.carol.Expect("ACK")
	a.acknowledge(invite, final(a.alice))
	return id
}

// answeredByOne is refused by bob and taken by carol, so that nobody has missed it.
func answeredByOne(a *accTables) string {
	invite, id := a.fork()
	a.carol.Send(inproc.Reply(a.carol.Expect("INVITE"), 200, "OK"))
	a.follow("ACK", "1", invite, final(a.alice))
	a.bob.Expect("ACK") // the script sends all to bob
	return id
}

func TestAccountingTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		a := startAccTables(t, url)
		for _, c := range accTableCases {
			id := c.run(a)
			for table, want := range map[string][]string{"acc": c.acc, "missed_calls": c.missed} {
				if got := a.rows(table, id); strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("%s: the rows of %s are %q, want %q", c.name, table, got, want)
				}
			}
		}
	})
}
