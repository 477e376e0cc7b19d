package db

import (
	"io"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/log"
)

// onWrite calls a function for each record of a log.
type onWrite func()

func (f onWrite) Write(b []byte) (int, error) {
	f()
	return len(b), nil
}

// TestBackAtOnce: a database that is back before its loss has been told of takes writes.
func TestBackAtOnce(t *testing.T) {
	d := &DB{}
	d.o.Log = log.New(onWrite(func() { d.back(time.Now()) }), log.Err, false)
	d.queue.init(8, 8, 1<<10)
	d.lost(io.EOF)
	if err := d.queue.push(&job{}); d.Down() || err != nil {
		t.Errorf("down: %t; a write gets %v", d.Down(), err)
	}
}
