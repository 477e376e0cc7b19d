package rpc

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"
)

func TestReadParameters(t *testing.T) {
	params := []Value{"a", int64(-3), 2.5, "12", true}
	read := map[string]func(c *Call, i int) (Value, error){
		"Str":    func(c *Call, i int) (Value, error) { return c.Str(i) },
		"AsStr":  func(c *Call, i int) (Value, error) { return c.AsStr(i) },
		"Int":    func(c *Call, i int) (Value, error) { return c.Int(i) },
		"AsInt":  func(c *Call, i int) (Value, error) { return c.AsInt(i) },
		"Float":  func(c *Call, i int) (Value, error) { return c.Float(i) },
		"StrOpt": func(c *Call, i int) (Value, error) { return c.StrOpt(i, "def"), nil },
		"IntOpt": func(c *Call, i int) (Value, error) { return c.IntOpt(i, 7), nil },
	}
	bad := Value(nil)
	for _, c := range []struct {
		how          string
		binary, json [6]Value // the sixth parameter is missing
	}{
		{"Str", [6]Value{"a", bad, bad, "12", bad, bad}, [6]Value{"a", bad, bad, "12", bad, bad}},
		{"AsStr", [6]Value{"a", "18446744073709551613", bad, "12", bad, bad}, [6]Value{"a", "18446744073709551613", "2", "12", bad, bad}},
		{"Int", [6]Value{bad, int64(-3), bad, bad, bad, bad}, [6]Value{int64(0), int64(-3), int64(2), int64(0), int64(1), bad}},
		{"AsInt", [6]Value{bad, int64(-3), bad, int64(12), bad, bad}, [6]Value{int64(0), int64(-3), int64(2), int64(0), int64(1), bad}},
		{"Float", [6]Value{bad, -3.0, 2.5, bad, bad, bad}, [6]Value{0.0, -3.0, 2.5, 0.0, 1.0, bad}},
		{"StrOpt", [6]Value{"a", "def", "def", "12", "def", "def"}, [6]Value{"a", "def", "def", "12", "def", "def"}},
		{"IntOpt", [6]Value{int64(7), int64(-3), int64(7), int64(7), int64(7), int64(7)}, [6]Value{int64(0), int64(-3), int64(2), int64(0), int64(1), int64(7)}},
	} {
		for protocol, want := range map[Protocol][6]Value{Binary: c.binary, JSON: c.json} {
			for i := range want {
				got, err := read[c.how](&Call{params: params, protocol: protocol}, i)
				var mismatch *ParamError
				if want[i] == bad && !errors.As(err, &mismatch) || want[i] != bad && (err != nil || got != want[i]) {
					t.Errorf("protocol %d: %s(%d) = %v, %v; want %v", protocol, c.how, i, got, err, want[i])
				}
			}
		}
	}
}

func TestTruncate(t *testing.T) {
	for f, want := range map[float64]int64{1e300: math.MaxInt64, -1e300: math.MinInt64, -1.9: -1, math.Inf(1): math.MaxInt64} {
		if got := truncate(f); got != want {
			t.Errorf("truncate(%v) = %d", f, got)
		}
	}
	if truncate(math.NaN()) != 0 {
		t.Error("truncate(NaN) is not 0")
	}
}

func TestDeltaInterval(t *testing.T) {
	now := time.Unix(1000, 0)
	r := NewRegistry()
	r.Now = func() time.Time { return now }
	run := func() error {
		_, err := r.Run(context.Background(), "core.echo_delta", nil)
		return err
	}
	if err := errors.Join(run(), run()); err != nil {
		t.Errorf("without an interval: %v", err)
	}
	r.SetInterval(10 * time.Second)
	if err := run(); err == nil || err.Error() != "rpc: 500 Command Executed Too Fast" {
		t.Errorf("too fast: %v", err)
	}
	now = now.Add(10 * time.Second)
	if err := run(); err != nil {
		t.Errorf("after the interval: %v", err)
	}
}

func TestParseParam(t *testing.T) {
	for in, want := range map[string]Value{
		"a": "a", "1": int64(1), "-3": int64(-3), "s:1": "1", "2.5": 2.5, "1.2.3": "1.2.3", "": "", "-": "-",
		"inf": "inf", "0x10": "0x10", "1e3": "1e3",
	} {
		if got := ParseParam(in); got != want {
			t.Errorf("ParseParam(%q) = %v (%T)", in, got, got)
		}
	}
}
