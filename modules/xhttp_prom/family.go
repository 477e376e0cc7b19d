package xhttp_prom

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// kind is what a metric counts.
type kind string

const (
	counter   kind = "counter"
	gauge     kind = "gauge"
	histogram kind = "histogram"
)

// maxSets bounds the sets of label values of one metric, which may come from messages.
const maxSets = 10_000

var (
	errUnknown = errors.New("no metric of this name is declared")
	errKind    = errors.New("the metric is of another kind")
	errNumber  = errors.New("the number is none that can be counted with")
	errLabels  = errors.New("the metric has another number of labels")
	errTooMany = errors.New("the metric has too many sets of label values")
)

// family is a declared metric with its values by labels. Any goroutine may use it.
type family struct {
	kind    kind
	name    string
	labels  []string
	buckets []float64 // upper ends, ascending; of a histogram

	mu     sync.Mutex
	sets   []*series // in the order of their first use
	lookup map[string]*series
}

// series is one set of label values.
type series struct {
	labels []string
	count  uint64 // of a counter, or of a histogram's samples
	number float64
	below  []uint64 // samples of each bucket, without those below it
	used   time.Time
}

// change finds or makes the series of some label values and changes it. A page with a value that is not UTF-8 could
// not be read, and values may come from messages: what is wrong in them is replaced.
func (f *family) change(labels []string, now time.Time, change func(*series)) error {
	if len(labels) != len(f.labels) {
		return errLabels
	}
	for i := range labels {
		labels[i] = strings.ToValidUTF8(labels[i], "\uFFFD")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.Join(labels, "\x00")
	x := f.lookup[key]
	if x == nil {
		if len(f.sets) >= maxSets {
			return errTooMany
		}
		x = &series{below: make([]uint64, len(f.buckets)+1)}
		for _, l := range labels {
			x.labels = append(x.labels, strings.Clone(l)) // not a part of a message
		}
		f.sets, f.lookup[strings.Join(x.labels, "\x00")] = append(f.sets, x), x
	}
	x.used = now
	change(x)
	return nil
}

// forget drops the series that have not been used since a time. A metric without labels stays.
func (f *family) forget(before time.Time) {
	if len(f.labels) == 0 {
		return
	}
	f.sets = slices.DeleteFunc(f.sets, func(x *series) bool {
		old := x.used.Before(before)
		if old {
			delete(f.lookup, strings.Join(x.labels, "\x00"))
		}
		return old
	})
}

func (x *series) reset() { x.count, x.number = 0, 0 }

// observe adds a sample to a histogram.
func (f *family) observe(x *series, sample float64) {
	at, _ := slices.BinarySearch(f.buckets, sample)
	x.below[at]++
	x.count++
	x.number += sample
}
