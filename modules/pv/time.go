package pv

import (
	"time"

	"github.com/moonroute/moonroute/kemi"
)

var timeVars = kemi.Vars[state]{
	{Name: "Ts", Get: clock(func(t time.Time) kemi.Value { return kemi.Int64(t.Unix()) }), Doc: "seconds since 1970"},
	{Name: "TS", Get: clock(func(t time.Time) kemi.Value { return kemi.Int64(t.Unix()) }), Doc: "seconds since 1970"},
	{Name: "Tf", Get: clock(longTime), Doc: "date and time as text"},
	{Name: "TF", Get: clock(longTime), Doc: "date and time as text"},
	{Name: "Tb", Get: func(s *state, _ *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return kemi.Int64(s.srv.Started.Unix()) }, Doc: "when the server started, in seconds since 1970"},
	{Name: "TV", Named: true, Parse: lookupTime(timestampParts), Get: getTime(time.Local), Doc: "time with parts of a second: s seconds, u microseconds, n as s.u; sn, un and Sn the same"},
	{Name: "time", Named: true, Parse: lookupTime(calendarParts), Get: getTime(time.Local), Doc: "a part of the local time: sec, min, hour, mday, mon, year, wday (1 is Sunday), yday, isdst, timezone name"},
	{Name: "utime", Named: true, Parse: lookupTime(calendarParts), Get: getTime(time.UTC), Doc: "a part of the time in UTC, as $time"},
	{Name: "timef", Named: true, Parse: parseTimeFormat, Get: formatTime(time.Local), Doc: "local time in a format of strftime"},
	{Name: "utimef", Named: true, Parse: parseTimeFormat, Get: formatTime(time.UTC), Doc: "time in UTC in a format of strftime"},
}

// timePart takes a value out of a time.
type timePart func(t time.Time) kemi.Value

// clock makes a getter for a part of the present local time.
func clock(take timePart) getter {
	return func(s *state, _ *kemi.Ctx, _ *kemi.VarArgs) kemi.Value {
		return take(s.srv.Clock.Now())
	}
}

func longTime(t time.Time) kemi.Value { return kemi.Str(t.Local().Format(time.ANSIC)) }

func seconds(t time.Time) kemi.Value { return kemi.Int64(t.Unix()) }
func micros(t time.Time) kemi.Value  { return kemi.Int(t.Nanosecond() / 1000) }

func fraction(t time.Time) kemi.Value {
	const width = 6
	n := kemi.Int(t.Nanosecond() / 1000).Text()
	return kemi.Str(seconds(t).Text() + "." + "000000"[:width-len(n)] + n)
}

// timestampParts are the names inside $TV(…). Those with an n are read anew each time in
// the incumbent, the others once for each message; here all are read anew.
var timestampParts = map[string]timePart{"s": seconds, "sn": seconds, "u": micros, "un": micros, "n": fraction, "Sn": fraction}

// calendarParts are the names inside $time(…).
var calendarParts = map[string]timePart{
	"sec":   func(t time.Time) kemi.Value { return kemi.Int(t.Second()) },
	"min":   func(t time.Time) kemi.Value { return kemi.Int(t.Minute()) },
	"hour":  func(t time.Time) kemi.Value { return kemi.Int(t.Hour()) },
	"mday":  func(t time.Time) kemi.Value { return kemi.Int(t.Day()) },
	"mon":   func(t time.Time) kemi.Value { return kemi.Int(int(t.Month())) },
	"year":  func(t time.Time) kemi.Value { return kemi.Int(t.Year()) },
	"wday":  func(t time.Time) kemi.Value { return kemi.Int(int(t.Weekday()) + 1) },
	"yday":  func(t time.Time) kemi.Value { return kemi.Int(t.YearDay()) },
	"isdst": func(t time.Time) kemi.Value { return oneIf(t.IsDST()) },
}

func oneIf(yes bool) kemi.Value {
	if yes {
		return kemi.Int(1)
	}
	return kemi.Int(0)
}

func lookupTime(parts map[string]timePart) func(*state, *kemi.Registry, string) (any, error) {
	return func(_ *state, _ *kemi.Registry, inner string) (any, error) {
		take, ok := parts[inner]
		if !ok {
			return nil, errName
		}
		return take, nil
	}
}

func getTime(zone *time.Location) getter {
	return func(s *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		return a.Data.(timePart)(s.srv.Clock.Now().In(zone))
	}
}

func parseTimeFormat(_ *state, r *kemi.Registry, inner string) (any, error) { return r.Format(inner) }

func formatTime(zone *time.Location) getter {
	return func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
		format := a.Data.(*kemi.Format).Text(c)
		return kemi.Str(string(appendTime(nil, format, s.srv.Clock.Now().In(zone))))
	}
}

func timeOf(unix int64) time.Time { return time.Unix(unix, 0).UTC() }
