package pv

import (
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// worker is what one process of the incumbent keeps between messages: the $var and $vn
// variables by number.
type worker struct {
	zero   []kemi.Value // $var and $vz: zero if unset
	null   []kemi.Value // $vn: null if unset
	vars   route.Vars   // AVPs of events without a message
	branch route.Branch // what $sbranch holds
}

// workers are the sets of one shard. One is in use; a job that waits takes its own along
// and the others go on with another one, so that no job finds its variables changed when it comes back.
type workers struct {
	present *worker
	spare   []*worker
	names   *nameTable
	presets []preset
}

// fresh is a set with the configured values in it.
func (w *workers) fresh() *worker {
	set := new(worker)
	for _, p := range w.presets {
		if n, err := w.names.number(p.name); err == nil {
			*slot(&set.zero, n) = p.value
		}
	}
	return set
}

// park is called when a job lets go of the shard; what it gives is called when it is back.
func (w *workers) park() (back func()) {
	mine := w.present
	if n := len(w.spare); n > 0 {
		w.present = w.spare[n-1]
		w.spare = w.spare[:n-1]
	} else {
		w.present = w.fresh()
	}
	return func() {
		w.spare = append(w.spare, w.present)
		w.present = mine
	}
}

// slot is the place of variable n, made if it is not there yet.
func slot(list *[]kemi.Value, n int) *kemi.Value {
	for len(*list) <= n {
		*list = append(*list, kemi.Null)
	}
	return &(*list)[n]
}

// preset is a value that the varset parameter gives.
type preset struct {
	name  string
	value kemi.Value
}
