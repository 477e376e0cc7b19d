// Package xhttp_prom shows statistics, metrics of the script and the server's own numbers to Prometheus.
package xhttp_prom

import (
	"github.com/moonroute/moonroute/core/web"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the xhttp_prom module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:  "xhttp_prom",
	Doc:   "Metrics for Prometheus: counters, gauges and histograms of the script, the statistics of the server by group, and the server's own numbers. The script calls dispatch in the event route of xhttp.",
	Needs: []string{"xhttp"},
	New:   newState,
	Params: kemi.Params[state]{
		kemi.StrParam("xhttp_prom_stats", "", func(s *state) *string { return &s.statistics }, "statistics that are shown: all, a group as \"sl:\", or one by its name; empty: none"),
		kemi.StrParam("xhttp_prom_beginning", "kamailio_", func(s *state) *string { return &s.prefix }, "what the names of metrics and statistics begin with"),
		kemi.StrParam("xhttp_prom_tags", "", func(s *state) *string { return &s.tags }, "labels of every statistic, as NAME=\"VALUE\" with commas between"),
		kemi.FuncParam("prom_counter", kemi.KindStr, "", (*state).addCounter, "declares a counter: \"name=NAME; label=LABEL:LABEL\" with at most three labels; may be given several times"),
		kemi.FuncParam("prom_gauge", kemi.KindStr, "", (*state).addGauge, "declares a gauge, as prom_counter"),
		kemi.FuncParam("prom_histogram", kemi.KindStr, "", (*state).addHistogram, "declares a histogram, as prom_counter, with \"buckets=0.1:1:2.5\" of ascending upper ends"),
		kemi.IntParam("xhttp_prom_timeout", 60, func(s *state) *int { return &s.timeout }, "minutes after which a set of label values that is not used any more is forgotten"),
		kemi.IntParam("xhttp_prom_uptime_stat", 0, func(s *state) *int { return &s.uptime }, "1 shows how long the server has been running"),
		kemi.IntParam("xhttp_prom_metadata_flags", 0, func(s *state) *int { return &s.metadata }, "1 adds # TYPE lines, 2 adds # HELP lines"),
		kemi.FuncParam("timestamp_format", kemi.KindStr, "ms", (*state).setTimestamp, "unit of the time behind each value: ms, s, or none to leave it out"),
		kemi.IntParam("xhttp_prom_buf_size", 0, func(s *state) *int { return &s.unused }, "accepted; the answer grows as needed"),
		kemi.IntParam("xhttp_prom_pkg_stats", 0, func(s *state) *int { return &s.unused }, "accepted; there is no private memory of processes, go_memstats tells what is used"),
		kemi.IntParam("builtin", 1, func(s *state) *int { return &s.builtin }, "shows the server's own numbers: 0 none, 1 all with the latency of routes, 2 that of each KSR function too"),
	},
	Funcs: functions(),
	RPC:   commands,
})

func (s *state) checkURI(*kemi.Ctx, *kemi.Args) kemi.Value { return kemi.Int(0) }

func (s *state) dispatch(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	err := s.server.Core.ReplyHTTP(c.Msg, web.Response{Code: 200, Reason: "OK", ContentType: "text/plain; version=0.0.4", Body: s.page()})
	if err != nil {
		c.Misuse("xhttp_prom.dispatch", err.Error())
		return kemi.Int(-1)
	}
	return kemi.Int(0)
}
