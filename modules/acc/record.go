package acc

import (
	"fmt"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// The events that a record may tell of.
const (
	answered     = "ACC: transaction answered: "
	missed       = "ACC: call missed: "
	acknowledged = "ACC: request acknowledged: "
	accounted    = "ACC: request accounted: "
)

// record is what a line of the log tells. Msg is the request that the attributes are read of.
type record struct {
	event        string
	msg          *route.Message
	toTag        string
	code, reason string
	swap         bool // the callee sent it: From and To tag change places
}

// scratch is the memory of one shard for making records. Nothing waits while it is used.
type scratch struct {
	ctx  kemi.Ctx
	call route.Call
	buf  []byte
}

// write writes a record to the log. It runs in the shard that owns the message.
func (s *state) write(shard int, r *record) {
	level := log.Level(s.logLevel)
	if !s.srv.Log.Enabled(level) {
		return
	}
	w := &s.shards[shard]
	w.call = route.Call{Kind: route.RequestRoute, Message: r.msg, Branch: -1}
	w.ctx = kemi.Ctx{Msg: r.msg, Call: &w.call, Server: s.srv, Shard: s.srv.Shards()[shard]}
	w.buf = s.appendRecord(w.buf[:0], &w.ctx, r)
	s.srv.Log.Write(level, "acc", string(w.buf))
	w.ctx, w.call = kemi.Ctx{}, route.Call{}
}

func (s *state) appendRecord(dst []byte, c *kemi.Ctx, r *record) []byte {
	dst = append(dst, r.event...)
	dst = s.appendTime(dst, c)
	fromTag, toTag := "", r.toTag
	if from, err := r.msg.From(); err == nil {
		fromTag = from.Tag
	}
	if r.swap {
		fromTag, toTag = toTag, fromTag
	}
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

func (s *state) appendTime(dst []byte, c *kemi.Ctx) []byte {
	now := s.srv.Clock.Now()
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
