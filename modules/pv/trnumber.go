package pv

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// Transformations of numbers. They take any value, null too.
var numberTrans = kemi.Trans[state]{
	{Name: "num.fdigit", Null: true, Call: digit(func(s string) byte { return s[0] }), Doc: "the first digit of a number; 0 for what is none"},
	{Name: "num.ldigit", Null: true, Call: digit(func(s string) byte { return s[len(s)-1] }), Doc: "the last digit of a number; 0 for what is none"},
}

func digit(of func(digits string) byte) tran {
	return func(_ *state, _ *kemi.Ctx, v kemi.Value, _ *kemi.TranArgs) kemi.Value {
		if v.Kind() != kemi.KindInt {
			return kemi.Int(0)
		}
		return kemi.Int(int(of(strings.TrimPrefix(v.Text(), "-")) - '0'))
	}
}
