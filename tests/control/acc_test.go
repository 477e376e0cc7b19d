// Package control tests what operators see of whole servers: accounting records, and the
// control tools of the incumbent against our carriers.
package control

import (
	"regexp"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/tests/inproc"
)

const accConfig = `debug=1
listen=udp:127.0.0.1:@PORT@
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "acc.so"
loadmodule "app_lua.so"
modparam("acc", "log_flag", 1)
modparam("acc", "log_missed_flag", 2)
modparam("acc", "failed_transaction_flag", 3)
modparam("acc", "failed_filter", "404")
modparam("acc", "log_extra", "ru=$ru;avp=$avp(x)")
@MORE@
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

const accScript = `
local todo = {
	["local"] = function() KSR.tm.t_newtran() KSR.tm.t_reply(486, "My own words") end,
	late = function() KSR.resetflag(1) KSR.tm.t_newtran() KSR.setflag(1) KSR.tm.t_reply(200, "OK") end,
}

function ksr_request_route()
	if not KSR.is_ACK() then
		KSR.setflag(1)
		KSR.setflag(2)
	end
	KSR.pv.sets("$avp(x)", "av")
	if KSR.hdr.get("X-Failed") ~= nil then KSR.setflag(3) end
	local act = todo[KSR.hdr.get("X-Do") or ""]
	if act then return act() end
	if KSR.hdr.get("X-Do") == "failure" then KSR.tm.t_on_failure("ksr_failure") end
	KSR.seturi("sip:bob@@BOB@")
	KSR.tm.t_relay()
end

function ksr_failure()
	KSR.tm.t_reply(480, "From the failure route")
end
`

// accCases are one request each: its headers, bob's answers, and the records without their
// times, tags of ours as {own} and the rest of the line as it is.
var accCases = []struct {
	name, method string
	headers      []string
	answers      []int
	records      []string
}{
	{"answered", "INVITE", nil, []int{180, 200}, []string{"transaction answered: code=200;reason=OK to=callee"}},
	{"missed", "INVITE", nil, []int{486}, []string{"call missed: code=486;reason=Busy Here to=callee"}},
	{"failed", "INVITE", []string{"X-Failed: 1"}, []int{486}, []string{
		"call missed: code=486;reason=Busy Here to=callee", "transaction answered: code=486;reason=Busy Here to=callee"}},
	{"filtered", "MESSAGE", []string{"X-Failed: 1"}, []int{404}, nil},
	{"failed without INVITE", "MESSAGE", []string{"X-Failed: 1"}, []int{415}, []string{"transaction answered: code=415;reason=Unsupported Media Type to=callee"}},
	{"not asked for", "MESSAGE", nil, []int{415}, nil},
	{"local reply", "INVITE", []string{"X-Do: local"}, nil, []string{"call missed: code=486;reason=Busy Here to={own}"}},
	{"flag after the transaction", "MESSAGE", []string{"X-Do: late"}, nil, []string{}},
	{"failure route", "INVITE", []string{"X-Do: failure"}, []int{486}, []string{
		"call missed: code=486;reason=Busy Here to=callee", "call missed: code=480;reason=Temporarily Unavailable to={own}"}},
}

var (
	recordLine = regexp.MustCompile(`acc: ACC: ([a-z ]+: )timestamp=\d+;method=\w+;from_tag=[^;]*;to_tag=([^;]*);call_id=[^;]*;(code=\d*;reason=[^;]*);ru=([^;]*);avp=av`)
	ownTag     = regexp.MustCompile(`to=[0-9a-f]+-[0-9a-f]+$`)
)

func records(log string) []string {
	var list []string
	for _, m := range recordLine.FindAllStringSubmatch(log, -1) {
		list = append(list, ownTag.ReplaceAllString(m[1]+m[3]+" to="+m[2], "to={own}"))
	}
	return list
}

var reasons = map[int]string{180: "Ringing", 183: "Session Progress", 200: "OK", 404: "Not Found", 415: "Unsupported Media Type", 486: "Busy Here"}

// startAcc starts a server with two peers beside it.
func startAcc(t *testing.T, more string) (s *inproc.Server, alice, bob *inproc.Peer) {
	bobPort := inproc.FreePort(t)
	cfg := strings.NewReplacer("@PORT@", inproc.FreePort(t), "@MORE@", more).Replace(accConfig)
	s = inproc.Start(t, inproc.Options{Config: cfg, Shards: 1, Files: []inproc.File{
		{Name: "routes.lua", Text: strings.ReplaceAll(accScript, "@BOB@", "127.0.0.1:"+bobPort)},
	}})
	return s, s.Peer("127.0.0.1:0"), s.Peer("127.0.0.1:" + bobPort)
}

// final is the next final reply.
func final(alice *inproc.Peer) string {
	for {
		if m := alice.Receive(); !strings.HasPrefix(m, "SIP/2.0 1") {
			return m
		}
	}
}

func TestAccountingRecords(t *testing.T) {
	for _, c := range accCases {
		t.Run(c.name, func(t *testing.T) {
			s, alice, bob := startAcc(t, "")
			alice.Send(alice.Request(c.method, "sip:bob@example.test", c.headers...))
			if len(c.answers) > 0 {
				request := bob.Expect(c.method)
				for _, code := range c.answers {
					bob.Send(inproc.Reply(request, code, reasons[code]))
				}
			}
			final(alice)
			got := recordsSoFar(s)
			if strings.Join(got, "\n") != strings.Join(c.records, "\n") {
				t.Errorf("the records are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.records, "\n"))
			}
		})
	}
}

// recordsSoFar waits for the shard to end the job that it is in, since a record may follow its reply.
func recordsSoFar(s *inproc.Server) []string {
	s.OnShard(0, func(*kemi.Shard) {})
	return records(s.Log())
}

// TestAccountingOfRepeatedAnswers: a callee repeats its 200 until the ACK comes, which makes no further records, and
// neither does the 200 of another phone behind a fork: the incumbent accounts the first one.
func TestAccountingOfRepeatedAnswers(t *testing.T) {
	s, alice, bob := startAcc(t, "")
	alice.Send(alice.Request("INVITE", "sip:bob@example.test"))
	request := bob.Expect("INVITE")
	for range 3 {
		bob.Send(inproc.Reply(request, 200, "OK"))
	}
	bob.Send(strings.Replace(inproc.Reply(request, 200, "OK"), "tag=callee", "tag=another", 1))
	final(alice)
	final(alice) // the other phone's; the repetitions came before
	want := []string{"transaction answered: code=200;reason=OK to=callee"}
	if got := recordsSoFar(s); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the records are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAccountingOfAckAndEarlyMedia(t *testing.T) {
	s, alice, bob := startAcc(t, `modparam("acc", "report_ack", 1)
modparam("acc", "early_media", 1)
modparam("acc", "reason_from_hf", 1)`)
	invite := alice.Request("INVITE", "sip:bob@example.test")
	alice.Send(invite)
	request := bob.Expect("INVITE")
	early := inproc.Reply(request, 183, "Session Progress", "Content-Type: application/sdp")
	bob.Send(strings.Replace(early, "Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nv=0\r\n", 1))
	bob.Send(inproc.Reply(request, 200, "OK", "Reason: Q.850"))
	answer := final(alice)
	alice.Send(alice.Request("ACK", "sip:bob@example.test",
		"From: "+inproc.Header(invite, "From"), "To: "+inproc.Header(answer, "To"), "Call-ID: "+inproc.Header(invite, "Call-ID")))
	bob.Expect("ACK")
	want := []string{
		"transaction answered: code=183;reason=Session Progress to=callee",
		"transaction answered: code=200;reason=Q.850 to=callee",
		"request acknowledged: code=200;reason=OK to=callee",
	}
	if got := recordsSoFar(s); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the records are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
