package mqueue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// The values of dbmode, as the incumbent acts on them; its documentation has the last two the other way round.
const (
	keepItems  = 1 // read at the start and written at the end
	readItems  = 2
	writeItems = 3
)

func (q *queue) reads() bool  { return q.db == keepItems || q.db == readItems }
func (q *queue) writes() bool { return q.db == keepItems || q.db == writeItems }

// loadTime bounds the reading of a queue.
const loadTime = time.Minute

var errNoURL = errors.New("dbmode needs a db_url")

// Start takes the items of queues out of their tables.
func (s *state) Start(srv *kemi.Server) error {
	s.log = srv.Log
	for _, q := range s.order {
		if q.db == 0 {
			continue
		}
		if s.dbURL == "" {
			return fmt.Errorf("queue %s: dbmode=%d: %w", q.name, q.db, errNoURL)
		}
		var err error
		if s.d, err = srv.DB(s.dbURL); err != nil {
			return err
		}
		if !q.reads() {
			continue
		}
		if err := s.load(q); err != nil {
			return fmt.Errorf("queue %s: %w", q.name, err)
		}
	}
	return nil
}

// load moves the rows of a queue's table into the queue. It blocks.
func (s *state) load(q *queue) error {
	ctx, cancel := context.WithTimeout(context.Background(), loadTime)
	defer cancel()
	var last any
	err := s.d.Each(ctx, db.Query{Table: q.name, Columns: []string{"id", "key", "val"}, Order: "id"}, func(r db.Row) error {
		q.add(r.Str(1), r.Str(2))
		last = r.Int(0)
		return nil
	})
	if err != nil || last == nil {
		return err
	}
	return s.d.Write(db.Delete(q.name, db.Cond{Column: "id", Op: "<=", Value: last}))
}

// Close writes the items that are left into the tables of their queues.
func (s *state) Close() {
	for _, q := range s.order {
		if s.d == nil || !q.writes() {
			continue
		}
		if n, err := s.save(q); err != nil {
			s.log.Error("mqueue", fmt.Sprintf("queue %s: %d items are lost: %v", q.name, n, err))
		}
	}
}

// save writes a queue and tells how many items it has. It blocks.
func (s *state) save(q *queue) (int, error) {
	q.mu.Lock()
	var rows []db.Write
	for e := q.items.Front(); e != nil; e = e.Next() {
		x := e.Value.(*item)
		rows = append(rows, db.Insert(q.name, db.Col{Name: "key", Value: x.key}, db.Col{Name: "val", Value: x.value}))
	}
	q.mu.Unlock()
	if len(rows) == 0 {
		return 0, nil
	}
	return len(rows), s.d.Write(rows...)
}
