package xhttp_prom

import (
	"bytes"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"github.com/moonroute/moonroute/core/stat"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// ownNumbers is what the server tells of itself: the Go runtime, the process, and what serverNumbers collects.
func ownNumbers(server *kemi.Server) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), serverNumbers{server})
	return r
}

// appendOwn writes them. A part that cannot be read is left out.
func (s *state) appendOwn(b []byte) []byte {
	if s.own == nil {
		return b
	}
	families, err := s.own.Gather()
	if err != nil {
		s.server.Log.Error("xhttp_prom", err.Error())
	}
	out := bytes.NewBuffer(b)
	enc := expfmt.NewEncoder(out, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := enc.Encode(f); err != nil {
			s.server.Log.Error("xhttp_prom", err.Error())
		}
	}
	return out.Bytes()
}

// serverNumbers collects what the rooms of core count, when Prometheus asks.
type serverNumbers struct{ *kemi.Server }

// Describe implements prometheus.Collector: what there is follows from the configuration.
func (serverNumbers) Describe(chan<- *prometheus.Desc) {}

// number is a row of the server's own numbers.
type number struct {
	name, help string
	kind       prometheus.ValueType
	value      func(s *kemi.Server) float64
}

var numbersOfServer = []number{
	{"requests_total", "SIP requests received", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.Stats.Requests.Load()) }},
	{"replies_total", "SIP replies received", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.Stats.Replies.Load()) }},
	{"malformed_total", "messages that could not be read", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.Stats.Malformed.Load()) }},
	{"overload_total", "messages that no shard could take", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.Stats.Overload.Load()) }},
	{"panics_total", "internal errors that a message met", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.Stats.Panics.Load()) }},
	{"location_contacts", "registered contacts", prometheus.GaugeValue, contacts},
	{"transactions", "transactions now", prometheus.GaugeValue, func(s *kemi.Server) float64 { return float64(s.Core.TMStats().Current.Load()) }},
	{"transactions_waiting", "of these, finished ones that absorb repetitions", prometheus.GaugeValue, func(s *kemi.Server) float64 { return float64(s.Core.TMStats().Waiting.Load()) }},
	{"transactions_total", "transactions made", prometheus.CounterValue, func(s *kemi.Server) float64 { return float64(s.Core.TMStats().Created.Load()) }},
	{"connections", "stream connections now", prometheus.GaugeValue, ofTransports(func(t *transport.Stats) float64 { return float64(t.Conns.Load()) })},
	{"tls_connections", "of these, those with TLS", prometheus.GaugeValue, ofTransports(func(t *transport.Stats) float64 { return float64(t.SecureConns.Load()) })},
	{"connections_refused_total", "stream connections closed at once for a limit", prometheus.CounterValue, ofTransports(func(t *transport.Stats) float64 { return float64(t.TCPRefused.Load()) })},
	{"stream_queue_bytes", "bytes that wait to be sent on stream connections", prometheus.GaugeValue, ofTransports(func(t *transport.Stats) float64 { return float64(t.QueuedBytes.Load()) })},
	{"script_states", "states of the scripts now, those of older versions included", prometheus.GaugeValue, ofScript(func(c kemi.ScriptCounts) int64 { return c.States })},
	{"script_failures_total", "routes that ended with an error", prometheus.CounterValue, ofScript(func(c kemi.ScriptCounts) int64 { return c.Failures })},
	{"script_limits_total", "routes that a limit of time, memory, stack or states ended", prometheus.CounterValue, ofScript(limitHits)},
	{"script_reloads_total", "reloads that were taken over", prometheus.CounterValue, ofScript(func(c kemi.ScriptCounts) int64 { return c.Reloads })},
}

// ofTransports reads a number of the streams; 0 before there are any.
func ofTransports(read func(*transport.Stats) float64) func(*kemi.Server) float64 {
	return func(s *kemi.Server) float64 {
		if set := s.Core.Transports(); set != nil {
			return read(&set.Stats)
		}
		return 0
	}
}

// ofScript reads a number of the scripts; 0 if the engine counts nothing.
func ofScript(read func(kemi.ScriptCounts) int64) func(*kemi.Server) float64 {
	return func(s *kemi.Server) float64 {
		if r, ok := s.Engine.(kemi.ScriptReporter); ok {
			return float64(read(r.Counts()))
		}
		return 0
	}
}

func limitHits(c kemi.ScriptCounts) int64 {
	return c.TimeLimit + c.MemoryLimit + c.StackLimit + c.StateLimit
}

func contacts(s *kemi.Server) (n float64) {
	for _, t := range s.Location.Tables() {
		n += float64(t.Contacts())
	}
	return n
}

// Collect implements prometheus.Collector.
func (n serverNumbers) Collect(out chan<- prometheus.Metric) {
	for _, row := range numbersOfServer {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("moonroute_"+row.name, row.help, nil, nil), row.kind, row.value(n.Server))
	}
	n.shards(out)
	n.databases(out)
	n.latencies(out, "route", n.Latency.Routes)
	n.latencies(out, "function", n.Latency.Functions)
}

var (
	shardQueue   = prometheus.NewDesc("moonroute_shard_queue", "jobs that wait for a shard", []string{"shard"}, nil)
	shardAway    = prometheus.NewDesc("moonroute_shard_waiting", "jobs that have let go of a shard and wait for something", []string{"shard"}, nil)
	shardWaits   = prometheus.NewDesc("moonroute_shard_waits_total", "times that a job let go of a shard", []string{"shard"}, nil)
	shardRefused = prometheus.NewDesc("moonroute_shard_refused_total", "jobs refused because the queue of a shard was full", []string{"shard"}, nil)
	databaseDown = prometheus.NewDesc("moonroute_database_up", "whether a database answers", []string{"database"}, nil)
	databaseKept = prometheus.NewDesc("moonroute_database_queue", "writes that wait for a database", []string{"database"}, nil)
	databaseLost = prometheus.NewDesc("moonroute_database_dropped_total", "writes that were never done", []string{"database"}, nil)
)

func (n serverNumbers) shards(out chan<- prometheus.Metric) {
	for i, sh := range n.Shards() {
		label := strconv.Itoa(i)
		out <- prometheus.MustNewConstMetric(shardQueue, prometheus.GaugeValue, float64(sh.Queued()), label)
		out <- prometheus.MustNewConstMetric(shardAway, prometheus.GaugeValue, float64(sh.Stats.Away.Load()), label)
		out <- prometheus.MustNewConstMetric(shardWaits, prometheus.CounterValue, float64(sh.Stats.Waits.Load()), label)
		out <- prometheus.MustNewConstMetric(shardRefused, prometheus.CounterValue, float64(sh.Stats.Overload.Load()), label)
	}
}

func (n serverNumbers) databases(out chan<- prometheus.Metric) {
	for _, d := range n.Databases() {
		up := 1.0
		if d.Down() {
			up = 0
		}
		name := d.URL().String()
		out <- prometheus.MustNewConstMetric(databaseDown, prometheus.GaugeValue, up, name)
		out <- prometheus.MustNewConstMetric(databaseKept, prometheus.GaugeValue, float64(d.Kept()), name)
		out <- prometheus.MustNewConstMetric(databaseLost, prometheus.CounterValue, float64(d.Stats.Dropped.Load()), name)
	}
}

func (n serverNumbers) latencies(out chan<- prometheus.Metric, what string, d *kemi.Durations) {
	if d == nil {
		return
	}
	desc := prometheus.NewDesc("moonroute_"+what+"_seconds", "how long each "+what+" of the script took, its waits included", []string{what}, nil)
	d.Each(func(name string, h *stat.Histogram) {
		classes, count, sum := h.Read()
		buckets := make(map[float64]uint64, len(classes))
		for _, c := range classes {
			buckets[c.Bound.Seconds()] = c.Count
		}
		out <- prometheus.MustNewConstHistogram(desc, count, sum.Seconds(), buckets, name)
	})
}
