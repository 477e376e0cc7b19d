package db

import (
	"math"
	"strconv"
	"time"
)

// TimeFormat is how a date and time stands in a table of a server: in local time, as in
// Kamailio's own tables. In SQLite it is a Julian day in UTC, as Kamailio's db_sqlite has it.
const TimeFormat = "2006-01-02 15:04:05"

func localText(t time.Time) any { return t.Local().Format(TimeFormat) }

// The Julian day of 1970-01-01 00:00:00 UTC, and one far behind all dates that occur; a
// greater number counts seconds.
const (
	julianEpoch   = 2440587.5
	greatestDay   = 5e6
	secondsOfADay = 86400
)

func julianDay(t time.Time) float64 { return float64(t.Unix())/secondsOfADay + julianEpoch }

// fromNumber reads a Julian day, or the seconds since 1970.
func fromNumber(n float64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	if n < greatestDay {
		n = (n - julianEpoch) * secondsOfADay
	}
	return time.Unix(int64(math.Round(n)), 0)
}

// value is a value as the drivers take it.
func (d *dialect) value(v any) any {
	switch v := v.(type) {
	case nil, string, []byte, int64, float64:
		return v
	case int:
		return int64(v)
	case bool:
		return truth(v)
	case time.Time:
		return d.time(v)
	case int32:
		return int64(v)
	case uint32:
		return int64(v)
	case uint16:
		return int64(v)
	case uint64:
		return int64(v)
	}
	return v
}

func truth(v bool) int64 {
	if v {
		return 1
	}
	return 0
}

// Row is one row of an answer, in the order of the columns asked for.
type Row []any

// IsNull tells whether the column has no value.
func (r Row) IsNull(i int) bool { return r[i] == nil }

// Str is the column as text; NULL is empty.
func (r Row) Str(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(TimeFormat)
	}
	return ""
}

// Int is the column as a number; text that is none, and NULL, is 0.
func (r Row) Int(i int) int64 {
	switch v := r[i].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	}
	n, _ := strconv.ParseInt(r.Str(i), 10, 64)
	return n
}

// Float is the column as a floating-point number.
func (r Row) Float(i int) float64 {
	if v, ok := r[i].(float64); ok {
		return v
	}
	f, _ := strconv.ParseFloat(r.Str(i), 64)
	return f
}

// Time is the column as a moment, to the second: text is local time, a number is a Julian
// day or the seconds since 1970. NULL and what cannot be read is the zero time.
func (r Row) Time(i int) time.Time {
	switch v := r[i].(type) {
	case float64:
		return fromNumber(v)
	case int64:
		return fromNumber(float64(v))
	}
	text := r.Str(i)
	for _, form := range [...]string{TimeFormat, time.DateOnly} {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return t
		}
	}
	return time.Time{}
}

// tidy gives a driver's value the few types that a Row has.
func tidy(v any) any {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case uint64:
		return int64(v)
	case float32:
		return float64(v)
	case bool:
		return truth(v)
	}
	return v
}
