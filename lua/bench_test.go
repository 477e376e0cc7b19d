package lua

import (
	"os"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// The functions that the routing scripts call, with what they give for a first INVITE to
// a registered user.
var stubs = map[string]kemi.Funcs[struct{}]{
	"core": {
		give("is_CANCEL", "", kemi.Bool(false)), give("is_ACK", "", kemi.Bool(false)), give("is_BYE", "", kemi.Bool(false)),
		give("is_NOTIFY", "", kemi.Bool(false)), give("is_INVITE", "", kemi.Bool(true)), give("is_OPTIONS", "", kemi.Bool(false)),
		give("is_REGISTER", "", kemi.Bool(false)), give("is_method_in", "methods str", kemi.Bool(true)),
		give("is_myself_srcip", "", kemi.Bool(false)), give("is_myself_ruri", "", kemi.Bool(true)), give("is_myself_furi", "", kemi.Bool(true)),
		give("force_rport", "", kemi.Int(1)), give("set_reply_no_connect", "", kemi.Int(1)), give("setflag", "flag int", kemi.Bool(true)),
		give("isflagset", "flag int", kemi.Bool(false)), give("isbflagset", "flag int", kemi.Bool(false)),
		give("setbflag", "flag int", kemi.Bool(true)), give("dbg", "text str", kemi.Void), give("err", "text str", kemi.Void),
		give("isdsturiset", "", kemi.Bool(false)),
	},
	"kx": {
		give("get_srcip", "", kemi.Str("192.0.2.7")), give("get_method", "", kemi.Str("INVITE")), give("get_furi", "", kemi.Str("sip:a@example.com")),
		give("get_srcport", "", kemi.Int(5060)), give("gete_ua", "", kemi.Str("Telephone 1.6.0 (stable release)")),
		give("gete_fhost", "", kemi.Str("example.com")), give("get_ruri", "", kemi.Str("sip:b@192.0.2.8")), give("get_status", "", kemi.Int(200)),
	},
	"tm": {
		give("t_check_trans", "", kemi.Int(-1)), give("t_newtran", "", kemi.Int(1)), give("t_is_set", "what str", kemi.Int(-1)),
		arming(route.BranchRoute, give("t_on_branch", "route str", kemi.Int(1))), arming(route.TMReplyRoute, give("t_on_reply", "route str", kemi.Int(1))), arming(route.FailureRoute, give("t_on_failure", "route str", kemi.Int(1))),
		give("t_relay", "", kemi.Int(1)), give("t_is_canceled", "", kemi.Int(-1)),
	},
	"tmx": {give("t_precheck_trans", "", kemi.Int(-1)), give("t_is_branch_route", "", kemi.Int(1))},
	"sl": {
		give("sl_send_reply", "code int, reason str", kemi.Int(1)), give("send_reply", "code int, reason str", kemi.Int(1)),
		give("sl_reply_error", "", kemi.Int(1)),
	},
	"htable": {
		give("sht_match_name", "table str, op str, name str", kemi.Int(-1)), give("sht_seti", "table str, name str, value int", kemi.Int(1)),
	},
	"pike":      {give("pike_check_req", "", kemi.Int(1))},
	"maxfwd":    {give("process_maxfwd", "limit int", kemi.Int(1))},
	"corex":     {give("has_ruri_user", "", kemi.Int(1))},
	"sanity":    {give("sanity_check", "msg int, uri int", kemi.Int(1))},
	"siputils":  {give("has_totag", "", kemi.Int(-1)), give("is_request", "", kemi.Int(1)), give("is_reply", "", kemi.Int(-1))},
	"rr":        {give("loose_route", "", kemi.Int(-1)), give("record_route", "", kemi.Int(1)), give("check_route_param", "text str", kemi.Int(-1))},
	"hdr":       {give("remove", "name str", kemi.Int(1)), give("append", "text str", kemi.Int(1))},
	"registrar": {give("save", "table str, flags int", kemi.Int(1)), give("lookup", "table str", kemi.Int(1))},
	"pv":        {give("get", "name str", kemi.Int(0))},
}

func give(name, args string, v kemi.Value) kemi.Func[struct{}] {
	return kemi.Func[struct{}]{Name: name, Args: args, Returns: kemi.AnyValue, Call: func(*struct{}, *kemi.Ctx, *kemi.Args) kemi.Value { return v }}
}

func arming(k route.Kind, f kemi.Func[struct{}]) kemi.Func[struct{}] {
	f.Arms = k
	return f
}

func stubModules() []kemi.Module {
	modules := []kemi.Module{exits()}
	for table, funcs := range stubs {
		modules = append(modules, kemi.Define(kemi.Spec[struct{}]{Name: table, New: func() *struct{} { return new(struct{}) }, Funcs: funcs}))
	}
	return modules
}

// kamailioExample is the script of Debian's kamailio package, where that is installed.
const kamailioExample = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi-lua.lua"

func BenchmarkRequestRoute(b *testing.B) {
	for name, file := range map[string]string{"own": "testdata/basic.lua", "kamailio": kamailioExample} {
		b.Run(name, func(b *testing.B) {
			if _, err := os.Stat(file); err != nil {
				b.Skipf("left out: %s is not on this machine; the package kamailio of Debian brings it (tests/install-peers as root)", file)
			}
			h := newHost(b, kemi.DefaultScriptLimits(), Options{}, stubModules()...)
			if err := h.e.Load([]string{file}); err != nil {
				b.Fatal(err)
			}
			h.benchmark(b, "ksr_request_route")
		})
	}
}

func (h *host) benchmark(b *testing.B, function string) {
	b.ReportAllocs()
	m := new(route.Message)
	c := &kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.RequestRoute, Message: m, Branch: -1}, Server: h.server, Shard: h.shards[0]}
	h.shards[0].Do(func() {
		for b.Loop() {
			if h.e.Run(c, route.Callback{Name: function}) != route.Done {
				b.Fatal(h.log)
			}
		}
	})
}

func BenchmarkLoop(b *testing.B) {
	h := newHost(b, kemi.DefaultScriptLimits(), Options{})
	h.load(`function f() local x = 0 for i = 1, 100 do x = x + i end end`)
	h.benchmark(b, "f")
}

func BenchmarkNewState(b *testing.B) {
	h := newHost(b, kemi.DefaultScriptLimits(), Options{}, stubModules()...)
	if err := h.e.Load([]string{"testdata/basic.lua"}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.e.current.Load().newState(nil); err != nil {
			b.Fatal(err)
		}
	}
}
