package xhttp_prom_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/xhttp"
	"github.com/moonroute/moonroute/modules/xhttp_prom"
)

const config = `
modparam("xhttp_prom", "builtin", 0)
modparam("xhttp_prom", "timestamp_format", "none")
modparam("xhttp_prom", "prom_counter", "name=calls")
modparam("xhttp_prom", "prom_counter", "name=replies; label=method:code")
modparam("xhttp_prom", "prom_gauge", "name=level;")
modparam("xhttp_prom", "prom_histogram", "name=took; label=x; buckets=0.1:1")
`

// TestFunctions: the values are what Kamailio 5.6.3 gives, but for the quoting of label values.
func TestFunctions(t *testing.T) {
	h := kemitest.Start(t, config, xhttp.Module, xhttp_prom.Module)
	for _, c := range []struct {
		call string
		args []kemi.Value
		want int
	}{
		{"counter_inc_l0", values("calls", 3), 1},
		{"counter_inc_l0", values("calls", -1), -1},
		{"counter_inc_l0", values("none", 1), -1},
		{"counter_inc_l0", values("level", 1), -1},
		{"counter_inc_l0", values("replies", 1), -1},
		{"counter_inc_l2", values("replies", 2, "INVITE", "200"), 1},
		{"counter_inc_l2", values("replies", 2, `we"ird\`, "2\n0"), 1},
		{"counter_reset_l2", values("replies", "INVITE", "200"), 1},
		{"gauge_set_l0", values("level", "1.5"), 1},
		{"gauge_inc_l0", values("level", "-0.25"), 1},
		{"gauge_inc_l0", values("level", "nan"), -1},
		{"gauge_set_l0", values("level", "-inf"), -1},
		{"histogram_observe_l1", values("took", "0.1", "q"), 1},
		{"histogram_observe_l1", values("took", "0.5", "q"), 1},
		{"histogram_observe_l1", values("took", "9", "q"), 1},
	} {
		h.Run("", func(x *kemi.Ctx) {
			if got := h.Call(x, "xhttp_prom", c.call, c.args...); got.Int64() != int64(c.want) {
				t.Errorf("%s%v gives %s, want %d", c.call, c.args, got.Text(), c.want)
			}
		})
	}
	want := `# User defined metrics
kamailio_calls 3
kamailio_replies{method="INVITE", code="200"} 0
kamailio_replies{method="we\"ird\\", code="2\n0"} 2
kamailio_level 1.250000
kamailio_took_bucket{x="q", le="0.100000"} 1
kamailio_took_bucket{x="q", le="1.000000"} 2
kamailio_took_bucket{x="q", le="+Inf"} 3
kamailio_took_sum{x="q"} 9.600000
kamailio_took_count{x="q"} 3
`
	if got := strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(h.RPC(`{"jsonrpc":"2.0","id":1,"method":"xhttp_prom.metric_list_print"}`)); !strings.Contains(got, want) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func values(args ...any) (list []kemi.Value) {
	for _, a := range args {
		switch a := a.(type) {
		case int:
			list = append(list, kemi.Int(a))
		case string:
			list = append(list, kemi.Str(a))
		}
	}
	return list
}

// TestPage: Prometheus' own parser can read the page, and all of the server's numbers are there.
func TestPage(t *testing.T) {
	h := kemitest.Start(t, strings.Replace(config, `"builtin", 0`, `"builtin", 2`, 1)+
		`modparam("xhttp_prom", "xhttp_prom_stats", "all")
modparam("xhttp_prom", "xhttp_prom_uptime_stat", 1)
modparam("xhttp_prom", "xhttp_prom_metadata_flags", 3)`, xhttp.Module, xhttp_prom.Module)
	h.Run("", func(x *kemi.Ctx) {
		h.Call(x, "xhttp_prom", "counter_inc_l0", values("calls", 3)...)
		h.Call(x, "xhttp_prom", "counter_inc_l2", values("replies", 1, "\xff\xfe", "200")...) // as a peer may send it
	})
	text := xhttp_prom.Page(h.Server)
	if !utf8.ValidString(text) {
		t.Error("the page is not UTF-8")
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, name := range []string{"kamailio_calls", "kamailio_uptime", "moonroute_requests_total", "moonroute_transactions", "moonroute_shard_queue",
		"moonroute_shard_waits_total", "moonroute_location_contacts", "moonroute_function_seconds", "go_goroutines", "process_cpu_seconds_total"} {
		if families[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	if !regexp.MustCompile(`(?m)^moonroute_function_seconds_count\{function="KSR.xhttp_prom.counter_inc_l0"\} 1$`).MatchString(text) {
		t.Error("the call of a function was not counted")
	}
}

// TestDashboard: each number that the dashboard shows is on the page; those with labels may have no value yet.
func TestDashboard(t *testing.T) {
	dashboard, err := os.ReadFile("../../docs/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	h := kemitest.Start(t, strings.Replace(config, `"builtin", 0`, `"builtin", 2`, 1), xhttp.Module, xhttp_prom.Module)
	h.Run("", func(x *kemi.Ctx) { h.Call(x, "xhttp_prom", "counter_inc_l0", values("calls", 3)...) })
	text := xhttp_prom.Page(h.Server)
	labelled := []string{"moonroute_database_up", "moonroute_database_queue", "moonroute_route_seconds_bucket"} // no database, no script here
	for _, name := range shown(t, dashboard) {
		if !regexp.MustCompile(`(?m)^`+name+`[{ ]`).MatchString(text) && !slices.Contains(labelled, name) {
			t.Errorf("there is no %s", name)
		}
	}
}

// shown are the metrics that a dashboard asks Prometheus for.
func shown(t *testing.T, dashboard []byte) (names []string) {
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(dashboard, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for _, x := range p.Targets {
			found := regexp.MustCompile(`(moonroute|process|go)_[a-z_]+`).FindAllString(x.Expr, -1)
			if len(found) == 0 {
				t.Errorf("panel %q asks for no metric: %s", p.Title, x.Expr)
			}
			names = append(names, found...)
		}
	}
	return names
}

// TestManyLabels: label values from messages do not take memory without bound.
func TestManyLabels(t *testing.T) {
	h := kemitest.Start(t, config, xhttp.Module, xhttp_prom.Module)
	h.Run("", func(x *kemi.Ctx) {
		refused := 0
		for i := range 10_100 {
			if h.Call(x, "xhttp_prom", "counter_inc_l2", values("replies", 1, fmt.Sprint(i), "200")...).Int64() < 0 {
				refused++
			}
		}
		if refused != 100 {
			t.Errorf("%d of 10,100 were refused, want 100", refused)
		}
	})
}

func TestRefusedSettings(t *testing.T) {
	for line, want := range map[string]string{
		`"prom_counter", "label=x"`:               `"" is no name`,
		`"prom_counter", "name=a b"`:              `"a b" is no name`,
		`"prom_counter", "name=a; label=a:b:c:d"`: "it has 4 labels",
		`"prom_counter", "name=a; buckets=1"`:     `"buckets" is none of`,
		`"prom_histogram", "name=a; buckets=2:1"`: "do not ascend",
		`"prom_histogram", "name=a; buckets=x"`:   `bucket "x" is no number`,
		`"timestamp_format", "h"`:                 "want ms, s or none",
	} {
		_, err := kemitest.New(t, `modparam("xhttp_prom", `+line+`)`, xhttp.Module, xhttp_prom.Module)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
