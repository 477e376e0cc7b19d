package db

import (
	"strconv"
	"time"
)

// TimeFormat is how a date and time stand in a table: in the server's local time, as
// Kamailio's own tables have them.
const TimeFormat = "2006-01-02 15:04:05"

// argument is a value as the drivers take it.
func argument(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Local().Format(TimeFormat)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	}
	return v
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
	case []byte:
		return string(v)
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

// Time is the column as a moment of local time; NULL and what cannot be read is the zero time.
func (r Row) Time(i int) time.Time {
	t, err := time.ParseInLocation(TimeFormat, r.Str(i), time.Local)
	if err != nil {
		return time.Time{}
	}
	return t
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
		return argument(v)
	}
	return v
}
