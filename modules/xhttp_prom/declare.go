package xhttp_prom

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// maxLabels is what the functions of KEMI can give.
const maxLabels = 3

// defaultBuckets are those of Prometheus' own libraries, in seconds.
var defaultBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

var validName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func (s *state) addCounter(v kemi.ParamValue) error   { return s.declare(counter, v.Str) }
func (s *state) addGauge(v kemi.ParamValue) error     { return s.declare(gauge, v.Str) }
func (s *state) addHistogram(v kemi.ParamValue) error { return s.declare(histogram, v.Str) }

// declare reads "name=NAME; label=A:B; buckets=1:2".
func (s *state) declare(k kind, text string) error {
	f := &family{kind: k, lookup: map[string]*series{}}
	for item := range strings.SplitSeq(text, ";") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		if err := f.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return fmt.Errorf("prom_%s %q: %w", k, text, err)
		}
	}
	if err := f.complete(); err != nil {
		return fmt.Errorf("prom_%s %q: %w", k, text, err)
	}
	if s.byName[f.name] != nil {
		return fmt.Errorf("prom_%s: %s is declared twice", k, f.name)
	}
	s.families, s.byName[f.name] = append(s.families, f), f
	return nil
}

// set reads one item of a declaration.
func (f *family) set(name, value string) (err error) {
	switch {
	case name == "name":
		f.name = value
	case name == "label":
		f.labels = append(f.labels, strings.Split(value, ":")...)
	case name == "buckets" && f.kind == histogram:
		f.buckets, err = numbers(value)
	default:
		return fmt.Errorf("%q is none of name, label and (of a histogram) buckets", name)
	}
	return err
}

func numbers(list string) (n []float64, err error) {
	for item := range strings.SplitSeq(list, ":") {
		x, err := strconv.ParseFloat(strings.TrimSpace(item), 64)
		if err != nil {
			return nil, fmt.Errorf("bucket %q is no number", item)
		}
		n = append(n, x)
	}
	return n, nil
}

// complete checks a declaration when all of it is read.
func (f *family) complete() error {
	if f.kind == histogram && f.buckets == nil {
		f.buckets = defaultBuckets
	}
	for _, name := range append([]string{f.name}, f.labels...) {
		if !validName.MatchString(name) {
			return fmt.Errorf("%q is no name: letters, digits and _", name)
		}
	}
	switch {
	case len(f.labels) > maxLabels:
		return fmt.Errorf("it has %d labels, at most %d can be given", len(f.labels), maxLabels)
	case !slices.IsSorted(f.buckets):
		return fmt.Errorf("its buckets do not ascend")
	}
	return nil
}
