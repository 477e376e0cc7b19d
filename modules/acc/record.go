package acc

import (
	"fmt"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// kind is an event that a record may tell of.
type kind struct {
	text  string // how the line in the log begins
	table int    // where the row goes
}

// These never change.
var (
	answered     = kind{"ACC: transaction answered: ", accTable}
	missed       = kind{"ACC: call missed: ", missedTable}
	acknowledged = kind{"ACC: request acknowledged: ", accTable}
	accounted    = kind{"ACC: request accounted: ", accTable}
)

// record is what is to be told. Msg is the request that the attributes are read of.
type record struct {
	kind         *kind
	to           sinks
	msg          *route.Message
	toTag        string
	code, reason string
	swap         bool   // the callee sent it: From and To tag change places
	table        string // empty: the one of its kind
	now          time.Time
}

// tags are the From and To tag as the record has them.
func (r *record) tags() (from, to string) {
	if f, err := r.msg.From(); err == nil {
		from = f.Tag
	}
	if r.swap {
		return r.toTag, from
	}
	return from, r.toTag
}

// scratch is the memory of one shard for making records. Nothing waits while it is used.
type scratch struct {
	ctx  kemi.Ctx
	call route.Call
	buf  []byte
}

// write writes a record to its sinks. It runs in the shard that owns the message.
func (s *state) write(shard int, r *record) {
	level := log.Level(s.logLevel)
	logged := r.to.has(toLog) && s.srv.Log.Enabled(level)
	if !logged && !r.to.has(toDatabase) {
		return
	}
	r.now = s.srv.Clock.Now()
	w := s.begin(shard, r)
	defer w.end()
	if logged {
		w.buf = s.appendRecord(w.buf[:0], &w.ctx, r)
		s.srv.Log.Write(level, "acc", string(w.buf))
	}
	if r.to.has(toDatabase) {
		s.store.keep(s, s.store.rows(s, &w.ctx, r))
	}
}

// begin makes the context that variables are read in.
func (s *state) begin(shard int, r *record) *scratch {
	w := &s.shards[shard]
	w.call = route.Call{Kind: route.RequestRoute, Message: r.msg, Branch: -1}
	w.ctx = kemi.Ctx{Msg: r.msg, Call: &w.call, Server: s.srv, Shard: s.srv.Shards()[shard]}
	return w
}

func (w *scratch) end() { w.ctx, w.call = kemi.Ctx{}, route.Call{} }

func (s *state) appendRecord(dst []byte, c *kemi.Ctx, r *record) []byte {
	dst = append(dst, r.kind.text...)
	dst = s.appendTime(dst, c, r.now)
	fromTag, toTag := r.tags()
	dst = append(appendName(dst, "method"), r.msg.MethodName...)
	dst = append(appendName(dst, "from_tag"), fromTag...)
	dst = append(appendName(dst, "to_tag"), toTag...)
	dst = append(appendName(dst, "call_id"), r.msg.CallID()...)
	dst = append(appendName(dst, "code"), r.code...)
	dst = append(appendName(dst, "reason"), r.reason...)
	for i := range s.extras {
		dst = appendName(dst, s.extras[i].name)
		if x := s.extras[i].value.Get(c); !x.IsNull() {
			dst = x.AppendText(dst)
		}
	}
	return appendLegs(dst, s.legs, r.msg.Vars)
}

func appendName(dst []byte, name string) []byte {
	dst = append(dst, ';')
	dst = append(dst, name...)
	return append(dst, '=')
}

// The values of time_mode.
const (
	timeMicros = 1 + iota
	timeMillis
	timeLocal
	timeUTC
)

// prepareClock compiles what writes the time as text.
func (s *state) prepareClock() error {
	var name string
	switch s.timeMode {
	case timeLocal:
		name = "$timef("
	case timeUTC:
		name = "$utimef("
	default:
		return nil
	}
	v, err := s.srv.Registry.Var(name + s.timeFormat + ")")
	if err != nil {
		return fmt.Errorf("time_mode %d needs module pv and a time_format that it knows: %w", s.timeMode, err)
	}
	s.clock = v
	return nil
}

func (s *state) appendTime(dst []byte, c *kemi.Ctx, now time.Time) []byte {
	dst = append(dst, "timestamp="...)
	dst = strconv.AppendInt(dst, now.Unix(), 10)
	switch s.timeMode {
	case timeMicros:
		dst = appendName(dst, s.timeExten)
		dst = strconv.AppendInt(dst, int64(now.Nanosecond()/1000), 10)
	case timeMillis:
		dst = appendName(dst, s.timeAttr)
		dst = strconv.AppendFloat(dst, float64(now.UnixMilli())/float64(time.Second/time.Millisecond), 'f', 3, 64)
	case timeLocal, timeUTC:
		dst = appendName(dst, s.timeAttr)
		dst = s.clock.Get(c).AppendText(dst)
	}
	return dst
}
