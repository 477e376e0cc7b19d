package registrar

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// host is the module with one table and a hand-moved clock.
type host struct {
	*state
	t     testing.TB
	clock *clock.Manual
	cseq  int
}

func newHost(t testing.TB, set func(*state)) *host {
	c := clock.NewManual(time.Unix(1_000_000, 0))
	server := &kemi.Server{Clock: c, Log: log.Discard(), Location: location.New(c, "1"), Core: new(server.Server)}
	server.Location.Add("location", location.Options{})
	s := &state{
		server: server, location: server.Location, receivedParam: "received", contactMaxSize: 512, pathMode: 2, gruuEnabled: 1, sockFlag: -1,
	}
	s.defaultExpires.Set(3600)
	s.minExpires.Set(60)
	s.defaultQ.Set(location.QUnset)
	s.appendBranches.Set(1)
	if set != nil {
		set(s)
	}
	return &host{s, t, c, 1}
}

var local = flow.NewSocket(flow.UDP, netip.MustParseAddrPort("127.0.0.1:5060"), 0)

// message makes a request for alice; further lines are headers.
func (h *host) message(method, uri string, lines ...string) *kemi.Ctx {
	h.t.Helper()
	h.cseq++
	text := method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:alice@a.test>;tag=1\r\nTo: <sip:Alice@a.test>\r\n"
	for _, name := range []string{"Call-ID", "CSeq"} {
		given := false
		for _, l := range lines {
			given = given || strings.HasPrefix(l, name+":")
		}
		if !given {
			text += fmt.Sprintf("%s: %d %s\r\n", name, h.cseq, map[string]string{"CSeq": method}[name])
		}
	}
	for _, l := range lines {
		text += l + "\r\n"
	}
	parsed, err := sip.Parse(text + "\r\n")
	if err != nil {
		h.t.Fatal(err)
	}
	m := new(route.Message)
	m.Begin(parsed)
	m.Flow = flow.Flow{Proto: flow.UDP, Local: local, Remote: netip.MustParseAddrPort("192.0.2.1:5060")}
	return &kemi.Ctx{Msg: m, Server: h.server, Shard: new(kemi.Shard)}
}

// register runs save without sending, and gives its result and the reply that it made.
func (h *host) register(flags int, lines ...string) (int, *reply) {
	c := h.message("REGISTER", "sip:a.test", lines...)
	code := h.save(c, kemi.MakeArgs(kemi.Str("location"), kemi.Int(noReply|flags))).Int()
	return code, h.scratchOf(c).reply
}

// step is one REGISTER and what comes of it, as the incumbent has it.
type step struct {
	lines    string // headers, separated by "|"
	flags    int
	result   int
	code     int
	contacts string // "a 3600 q=0.5, b 60": user, lifetime and the rest without the constant parts
	detail   string
}

func TestSave(t *testing.T) {
	const instance = `+sip.instance="<urn:uuid:1>"`
	cases := []struct {
		name  string
		set   func(*state)
		steps []step
	}{
		{"add, refresh, remove, query", nil, []step{
			{lines: "Contact: <sip:a@h>", result: added, code: 200, contacts: "a;expires=3600"},
			{lines: "Contact: <sip:a@h>;q=0.55555|Expires: 300", result: refreshed, code: 200, contacts: "a;q=0.555;expires=300"},
			{lines: "Contact: <sip:b@h>|Contact: <sip:a@h>;expires=0", result: removed, code: 200, contacts: "b;expires=3600"},
			{lines: "Contact: <sip:a@h>;expires=0", result: added, code: 200, contacts: "b;expires=3600"},
			{lines: "", result: queried, code: 200, contacts: "b;expires=3600"},
			{lines: "Contact: *|Expires: 0", result: removed, code: 200},
		}},
		{"contacts of one header are kept in reverse", nil, []step{
			{lines: "Contact: <sip:a@h>, <sip:b@h>|Contact: <sip:c@h>", result: added, code: 200, contacts: "b;expires=3600, a;expires=3600, c;expires=3600"},
		}},
		{"star", nil, []step{
			{lines: "Contact: *", result: -1, code: 400, detail: errStarExpires.detail},
			{lines: "Contact: *|Expires: 60", result: -1, code: 400, detail: errStarExpires.detail},
			{lines: "Contact: *|Contact: <sip:a@h>|Expires: 0", result: -1, code: 400, detail: errStarMixed.detail},
			{lines: "Contact: *, <sip:a@h>|Expires: 0", result: removed, code: 200},
			{lines: "Contact: <sip:a@h>, *|Expires: 0", result: -1, code: 400, detail: errContact.detail},
		}},
		{"lifetimes", func(s *state) { s.maxExpires.Set(7200) }, []step{
			{lines: "Contact: <sip:a@h>;expires=10", result: added, code: 200, contacts: "a;expires=60"},
			{lines: "Contact: <sip:a@h>|Expires: soon", result: refreshed, code: 200, contacts: "a;expires=3600"},
			{lines: `Contact: <sip:a@h>;expires="200"`, result: refreshed, code: 200, contacts: "a;expires=200"},
			{lines: "Contact: <sip:a@h>;expires=99999999", result: refreshed, code: 200, contacts: "a;expires=7200"},
			{lines: "Contact: <sip:a@h>;expires=5000000000", result: refreshed, code: 200, contacts: "a;expires=3600"},
		}},
		{"too brief", func(s *state) { s.minExpiresMode = 1 }, []step{
			{lines: "Contact: <sip:a@h>;expires=59", result: -1, code: 423, detail: "Interval too brief"},
			{lines: "Contact: <sip:a@h>;expires=60", result: added, code: 200, contacts: "a;expires=60"},
		}},
		{"too many", func(s *state) { s.maxContacts.Set(2) }, []step{
			{lines: "Contact: <sip:a@h>|Contact: <sip:b@h>", result: added, code: 200, contacts: "a;expires=3600, b;expires=3600"},
			{lines: "Contact: <sip:c@h>", result: -2, code: 503, contacts: "a;expires=3600, b;expires=3600", detail: errTooMany.detail},
			{lines: "Contact: <sip:c@h>|Contact: <sip:a@h>;expires=0", result: removed, code: 200, contacts: "b;expires=3600, c;expires=3600"},
			{lines: "Contact: <sip:d@h>", flags: oneContact, result: added, code: 200, contacts: "d;expires=3600"},
		}},
		{"order of requests", nil, []step{
			{lines: "Contact: <sip:a@h>|Call-ID: x|CSeq: 5 REGISTER", result: added, code: 200, contacts: "a;expires=3600"},
			{lines: "Contact: <sip:a@h>;expires=90|Call-ID: x|CSeq: 5 REGISTER", result: added, code: 200, contacts: "a;expires=3600"},
			{lines: "Contact: <sip:a@h>|Call-ID: x|CSeq: 4 REGISTER", result: -1, code: 400, contacts: "a;expires=3600", detail: errCSeq.detail},
			{lines: "Contact: <sip:a@h>|Call-ID: y|CSeq: 1 REGISTER", result: refreshed, code: 200, contacts: "a;expires=3600"},
		}},
		{"all or nothing", nil, []step{
			{lines: "Contact: <sip:a@h>", result: added, code: 200, contacts: "a;expires=3600"},
			{lines: "Contact: <sip:b@h>|Contact: <sip:c@h>;q=2", result: -1, code: 400, contacts: "a;expires=3600", detail: errQ.detail},
		}},
		{"instance", nil, []step{
			{lines: "Contact: <sip:a@h>;" + instance, result: added, code: 200, contacts: "a;expires=3600;" + instance},
			{lines: "Contact: <sip:b@h>;" + instance, result: refreshed, code: 200, contacts: "b;expires=3600;" + instance},
			{lines: "Contact: <sip:b@h>;reg-id=1;" + instance, result: added, code: 200, contacts: "b;expires=3600;" + instance + ", b;expires=3600;" + instance + ";reg-id=1"},
			{lines: "Contact: <sip:b@h>;reg-id=0;" + instance, result: -1, code: 400, contacts: "b;expires=3600;" + instance + ", b;expires=3600;" + instance + ";reg-id=1", detail: errRegID.detail},
		}},
		{"path", func(s *state) { s.usePath = 1 }, []step{
			{lines: "Contact: <sip:a@h>|Path: <sip:p;lr>", result: -1, code: 420, detail: errPath.detail},
			{lines: "Contact: <sip:a@h>|Path: <sip:p;lr>|Supported: path", result: added, code: 200, contacts: "a;expires=3600"},
		}},
		{"received", nil, []step{
			{lines: `Contact: <sip:a@h>;received="sip:192.0.2.9:5062"`, result: added, code: 200, contacts: `a;expires=3600;received="sip:192.0.2.9:5062"`},
		}},
		{"too long", func(s *state) { s.contactMaxSize = 20 }, []step{
			{lines: "Contact: <sip:aaaaaaaaaaaaaaaaaaaaa@h>", result: -1, code: 400, detail: errContactSize.detail},
		}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := newHost(t, tc.set)
			for _, s := range tc.steps {
				h.check(s)
			}
		})
	}
}

func (h *host) check(s step) {
	h.t.Helper()
	var lines []string
	if s.lines != "" {
		lines = strings.Split(s.lines, "|")
	}
	result, out := h.register(s.flags, lines...)
	want := ""
	if s.contacts != "" {
		list := strings.Split(s.contacts, ", ")
		for i := range list {
			user, rest, _ := strings.Cut(list[i], ";")
			list[i] = "<sip:" + user + "@h>;" + rest
		}
		want = "Contact: " + strings.Join(list, ", ") + "\r\n"
	}
	if result != s.result || out.code != s.code || out.contacts != want || out.detail != s.detail {
		h.t.Fatalf("%s:\n got %d, %d %q %q\nwant %d, %d %q %q", s.lines, result, out.code, out.contacts, out.detail, s.result, s.code, want, s.detail)
	}
}

func TestLookup(t *testing.T) {
	h := newHost(t, func(s *state) { s.usePath, s.pathMode, s.methodFiltering = 1, 0, 1 })
	h.register(0, "Contact: <sip:low@h>;q=0.2", "Contact: <sip:high@h>;q=0.9", "Path: <sip:edge;lr>, <sip:inner;lr>")
	c := h.message("INVITE", "sip:alice@a.test")
	if v := h.lookup(c, kemi.MakeArgs(kemi.Str("location"))); v.Int() != 1 {
		t.Fatal(v.Int())
	}
	m := c.Msg
	if m.CurrentURI() != "sip:high@h" || m.DstURI != "sip:edge;lr" || m.Path != "<sip:edge;lr>, <sip:inner;lr>" || m.Socket != local || m.Q != 900 {
		t.Fatalf("%+v", m.Target)
	}
	if len(m.Branches) != 1 || m.Branches[0].URI != "sip:low@h" || m.Branches[0].Q != 200 {
		t.Fatalf("%+v", m.Branches)
	}
	h.clock.Advance(time.Hour)
	if v := h.lookup(h.message("INVITE", "sip:alice@a.test"), kemi.MakeArgs(kemi.Str("location"))); v.Int() != -1 {
		t.Fatal("expired contacts were found")
	}
}

func TestLookupResults(t *testing.T) {
	h := newHost(t, func(s *state) { s.methodFiltering = 1 })
	h.register(0, `Contact: <sip:a@h>;methods="INVITE, BYE"`)
	cases := []struct {
		method, table, uri string
		want               int
	}{
		{"INVITE", "location", "sip:alice@elsewhere", 1},
		{"MESSAGE", "location", "sip:alice@a.test", -2},
		{"INVITE", "location", "sip:bob@a.test", -1},
		{"INVITE", "nosuch", "sip:alice@a.test", -1},
		{"INVITE", "location", "garbage", -3},
		{"INVITE", "location", "sip:alice@a.test;gr", -3},
		{"INVITE", "location", "sip:alice@a.test;gr=urn:uuid:2", -1},
	}
	for _, tc := range cases {
		c := h.message(tc.method, "sip:x@y")
		if v := h.lookupURI(c, kemi.MakeArgs(kemi.Str(tc.table), kemi.Str(tc.uri))); v.Int() != tc.want {
			t.Errorf("%+v: got %d", tc, v.Int())
		}
	}
}

func TestGRUUs(t *testing.T) {
	h := newHost(t, nil)
	_, out := h.register(0, `Contact: <sip:a@h>;+sip.instance="<urn:uuid:1>"`, "Supported: gruu")
	for _, name := range []string{"pub-gruu", "temp-gruu"} {
		_, rest, _ := strings.Cut(out.contacts, name+`="`)
		uri, _, _ := strings.Cut(rest, `"`)
		c := h.message("INVITE", uri)
		if v := h.lookup(c, kemi.MakeArgs(kemi.Str("location"))); v.Int() != 1 || c.Msg.CurrentURI() != "sip:a@h" {
			t.Errorf("%s %s: %d, %s", name, uri, v.Int(), c.Msg.CurrentURI())
		}
	}
}

func TestFetchedContacts(t *testing.T) {
	h := newHost(t, nil)
	h.register(0, "Contact: <sip:a@h>;q=0.8", "Contact: <sip:b@h>", "User-Agent: Phone")
	c := h.message("INVITE", "sip:x@y")
	if v := h.fetchContacts(c, kemi.MakeArgs(kemi.Str("location"), kemi.Str("sip:alice@a.test"), kemi.Str("p"))); v.Int() != 1 {
		t.Fatal(v.Int())
	}
	for attribute, want := range map[string]string{"aor": "alice", "count": "2", "domain": "location", "addr": "sip:a@h", "q": "800", "user_agent": "Phone", "methods": "-1", "socket": "udp:127.0.0.1:5060"} {
		data, err := parseULC(h.state, nil, "p=>"+attribute)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.getULC(c, &kemi.VarArgs{Data: data}); got.Text() != want {
			t.Errorf("%s: %q, want %q", attribute, got.Text(), want)
		}
	}
	if _, err := parseULC(h.state, nil, "p=>nosuch"); err == nil {
		t.Error("an unknown attribute passed")
	}
	h.freeContacts(c, kemi.MakeArgs(kemi.Str("p")))
	if h.profile(c, "p") != nil {
		t.Error("the profile is still there")
	}
}

func TestQ(t *testing.T) {
	for text, want := range map[string]int16{"0": 0, "1": 1000, "0.5": 500, ".5": 500, ".": -1, "0.12345": 123, "1.000": 1000, "0.": 0, "1.5": -1, "2": -1, "": -1, "-1": -1, "x": -1, "0.x": -1} {
		q, ok := parseQ(text)
		if !ok {
			q = -1
		}
		if q != want {
			t.Errorf("%q: %d, want %d", text, q, want)
		}
	}
	for q, want := range map[int16]string{0: "0", 500: "0.5", 555: "0.555", 50: "0.05", 1000: "1"} {
		if got := string(appendQ(nil, q)); got != want {
			t.Errorf("%d: %s, want %s", q, got, want)
		}
	}
}

func BenchmarkRefresh(b *testing.B) {
	h := newHost(b, nil)
	var requests [2]*kemi.Ctx // with different Call-IDs, so that each one refreshes
	for i := range requests {
		requests[i] = h.message("REGISTER", "sip:a.test", "Contact: <sip:a@192.0.2.1:5060>;expires=600", "User-Agent: Phone/1.0")
	}
	args, i := kemi.MakeArgs(kemi.Str("location"), kemi.Int(noReply)), 0
	b.ReportAllocs()
	for b.Loop() {
		c := requests[i&1]
		c.Msg.Extra = nil
		h.save(c, args)
		i++
	}
}

func BenchmarkLookup(b *testing.B) {
	h := newHost(b, nil)
	h.register(0, "Contact: <sip:a@192.0.2.1:5060>")
	c := h.message("INVITE", "sip:alice@a.test")
	args := kemi.MakeArgs(kemi.Str("location"))
	b.ReportAllocs()
	for b.Loop() {
		c.Msg.Target = route.Target{}
		h.lookup(c, args)
	}
}
