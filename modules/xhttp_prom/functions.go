package xhttp_prom

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// action changes a metric. The number is how much; it is 0 for a reset.
type action struct {
	name    string
	kind    kind
	number  string // kind of the argument: "int", "str", or empty for none
	doc     string
	perform func(f *family, x *series, n float64)
}

var actions = []action{
	{"counter_inc", counter, "int", "adds to a counter", func(_ *family, x *series, n float64) { x.count += uint64(n) }},
	{"counter_reset", counter, "", "sets a counter to 0", func(_ *family, x *series, _ float64) { x.reset() }},
	{"gauge_set", gauge, "str", "sets a gauge; the number may have a fraction", func(_ *family, x *series, n float64) { x.number = n }},
	{"gauge_inc", gauge, "str", "adds to a gauge, which may be negative", func(_ *family, x *series, n float64) { x.number += n }},
	{"gauge_reset", gauge, "", "sets a gauge to 0", func(_ *family, x *series, _ float64) { x.reset() }},
	{"histogram_observe", histogram, "str", "counts a sample in a histogram", func(f *family, x *series, n float64) { f.observe(x, n) }},
}

// functions makes the rows: each action with no label, one, two and three.
func functions() kemi.Funcs[state] {
	rows := kemi.Funcs[state]{
		{Name: "check_uri", Returns: kemi.Code, Call: (*state).checkURI, Doc: "always 0, as in the incumbent: xhttp's event route tells by $hu what is asked for"},
		{Name: "dispatch", Returns: kemi.Code, Call: (*state).dispatch, Doc: "answers the HTTP request in hand with all metrics; 0, or -1 if it is none"},
	}
	for _, a := range actions {
		for n := range maxLabels + 1 {
			rows = append(rows, kemi.Func[state]{
				Name: fmt.Sprintf("%s_l%d", a.name, n), Args: a.args(n), Returns: kemi.Code, Call: a.call(n),
				Doc: fmt.Sprintf("%s with %d label values; -1 if there is no such metric", a.doc, n),
			})
		}
	}
	return rows
}

func (a action) args(labels int) string {
	args := []string{"name str"}
	if a.number != "" {
		args = append(args, "number "+a.number)
	}
	for i := range labels {
		args = append(args, fmt.Sprintf("label%d str", i+1))
	}
	return strings.Join(args, ", ")
}

func (a action) call(labels int) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, args *kemi.Args) kemi.Value {
		at, n := 1, 0.0
		if a.number != "" {
			at, n = 2, a.amount(args)
		}
		values := make([]string, labels)
		for i := range values {
			values[i] = args.Str(at + i)
		}
		if err := s.perform(a, args.Str(0), n, values); err != nil {
			c.Log(log.Err, "xhttp_prom", fmt.Sprintf("%s %s: %v", a.name, args.Str(0), err))
			return kemi.Int(-1)
		}
		return kemi.Int(1)
	}
}

// amount reads the number. A text that is none counts as 0, as in the incumbent.
func (a action) amount(args *kemi.Args) float64 {
	if a.number == "int" {
		return float64(args.Int(1))
	}
	n, _ := strconv.ParseFloat(strings.TrimSpace(args.Str(1)), 64)
	return n
}

// perform is what functions and RPC commands share.
func (s *state) perform(a action, name string, n float64, labels []string) error {
	f := s.byName[name]
	switch {
	case f == nil:
		return errUnknown
	case f.kind != a.kind:
		return errKind
	case math.IsNaN(n) || math.IsInf(n, 0):
		return errNumber
	case a.kind == counter && n < 0:
		return fmt.Errorf("a counter cannot go down by %v", -n)
	}
	return f.change(labels, s.server.Clock.Now(), func(x *series) { a.perform(f, x, n) })
}
