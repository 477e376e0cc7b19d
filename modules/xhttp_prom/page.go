package xhttp_prom

import (
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/stat"
)

// page is everything as Prometheus reads it, in its text format.
func (s *state) page() string {
	b := s.appendFamilies(nil)
	b = s.appendStatistics(b)
	if s.uptime != 0 {
		now := s.server.Clock.Now()
		b = s.appendType(b, "uptime", counter, "seconds since the start")
		b = s.sample(b, "uptime", s.tags, strconv.FormatInt(int64(now.Sub(s.server.Started)/time.Second), 10), now)
	}
	return string(s.appendOwn(b))
}

// appendFamilies writes the metrics of the script.
func (s *state) appendFamilies(b []byte) []byte {
	if len(s.families) == 0 {
		return b
	}
	b = append(b, "# User defined metrics\n"...)
	now := s.server.Clock.Now()
	for _, f := range s.families {
		b = s.appendType(b, f.name, f.kind, "of the script")
		b = s.appendFamily(b, f, now)
	}
	return b
}

func (s *state) appendFamily(b []byte, f *family, now time.Time) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(now.Add(-time.Duration(s.timeout) * time.Minute))
	for _, x := range f.sets {
		labels := f.pairs(x)
		switch f.kind {
		case counter:
			b = s.sample(b, f.name, labels, strconv.FormatUint(x.count, 10), now)
		case gauge:
			b = s.sample(b, f.name, labels, float(x.number), now)
		case histogram:
			b = s.appendHistogram(b, f, x, labels, now)
		}
	}
	return b
}

func (s *state) appendHistogram(b []byte, f *family, x *series, labels string, now time.Time) []byte {
	var below uint64
	for i, n := range x.below {
		end := "+Inf"
		if i < len(f.buckets) {
			end = float(f.buckets[i])
		}
		below += n
		b = s.sample(b, f.name+"_bucket", join(labels, `le="`+end+`"`), strconv.FormatUint(below, 10), now)
	}
	b = s.sample(b, f.name+"_sum", labels, float(x.number), now)
	return s.sample(b, f.name+"_count", labels, strconv.FormatUint(x.count, 10), now)
}

// appendStatistics writes the statistics that the parameter asks for.
func (s *state) appendStatistics(b []byte) []byte {
	if s.statistics == "" {
		return b
	}
	b = append(append(append(b, "\n# Kamailio statistics for group: "...), s.statistics...), '\n')
	now := s.server.Clock.Now()
	for _, e := range s.server.Stats.Select(s.statistics) {
		name := name(e)
		b = s.appendType(b, name, gauge, e.String())
		b = s.sample(b, name, s.tags, strconv.FormatInt(e.Value(), 10), now)
	}
	return b
}

// name is a statistic's, with what Prometheus does not allow made an underscore.
func name(e stat.Entry) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, e.Group+"_"+e.Name)
}

func (s *state) appendType(b []byte, name string, k kind, help string) []byte {
	if s.metadata&2 != 0 {
		b = append(append(b, "# HELP "+s.prefix+name+" "+help...), '\n')
	}
	if s.metadata&1 != 0 {
		b = append(append(b, "# TYPE "+s.prefix+name+" "+string(k)...), '\n')
	}
	return b
}

// sample is one line.
func (s *state) sample(b []byte, name, labels, value string, now time.Time) []byte {
	b = append(append(b, s.prefix...), name...)
	if labels != "" {
		b = append(append(append(b, '{'), labels...), '}')
	}
	b = append(append(b, ' '), value...)
	if s.unit > 0 {
		b = strconv.AppendInt(append(b, ' '), now.UnixNano()/int64(s.unit), 10)
	}
	return append(b, '\n')
}

// pairs are the labels of a series, quoted.
func (f *family) pairs(x *series) string {
	var b strings.Builder
	for i, label := range f.labels {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(label + `="` + escape.Replace(x.labels[i]) + `"`)
	}
	return b.String()
}

// escape is what the format asks for; the incumbent leaves it out, and its page cannot be read then.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func join(labels, one string) string {
	if labels == "" {
		return one
	}
	return labels + ", " + one
}

func float(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
