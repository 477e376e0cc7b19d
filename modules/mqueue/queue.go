package mqueue

import (
	"container/list"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// maxItems is the bound of a queue whose size is 0, which means no limit elsewhere.
const maxItems = 1 << 20

// addMode says what happens to an item whose key is in the queue already.
type addMode int

// The modes. Other numbers mean keepAll.
const (
	keepAll    addMode = iota // it is added all the same
	keepOldest                // it is not added
	keepNewest                // it is added and the older one goes
)

// item is what a queue holds.
type item struct{ key, value string }

// queue is one queue, shared by all shards.
type queue struct {
	name string
	size int
	mode addMode
	db   int // dbmode

	mu    sync.Mutex
	items list.List                // of *item, the oldest first
	byKey map[string]*list.Element // where keys are unique
}

// parse reads "name=jobs;size=100;addmode=1".
func parse(text string) (*queue, error) {
	q := new(queue)
	for attribute := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		if key = strings.ToLower(strings.TrimSpace(key)); key == "" {
			continue
		}
		if err := q.set(key, strings.TrimSpace(value)); err != nil {
			return nil, fmt.Errorf("queue %q: %w", text, err)
		}
	}
	if q.name == "" {
		return nil, fmt.Errorf("queue %q: no name; want name=NAME;size=SIZE;addmode=MODE", text)
	}
	return q, nil
}

func (q *queue) set(key, value string) (err error) {
	switch key {
	case "name":
		q.name = value
	case "size":
		q.size, err = strconv.Atoi(value)
	case "addmode":
		var n int
		n, err = strconv.Atoi(value)
		q.mode = addMode(n)
	case "dbmode":
		q.db, err = strconv.Atoi(value)
	default:
		return fmt.Errorf("unknown attribute %q; known are name, size, addmode and dbmode", key)
	}
	return err
}

// unique tells that no two items have the same key.
func (q *queue) unique() bool { return q.mode == keepOldest || q.mode == keepNewest }

// limit is how many items fit.
func (q *queue) limit() int {
	if q.size > 0 {
		return q.size
	}
	return maxItems
}

// add appends an item. A full queue loses its oldest one.
func (q *queue) add(key, value string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if old := q.byKey[key]; old != nil {
		if q.mode == keepOldest {
			return
		}
		q.remove(old)
	}
	x := &item{strings.Clone(key), strings.Clone(value)} // they may be parts of a whole message
	e := q.items.PushBack(x)
	if q.unique() {
		if q.byKey == nil {
			q.byKey = map[string]*list.Element{}
		}
		q.byKey[x.key] = e
	}
	if q.items.Len() > q.limit() {
		q.remove(q.items.Front())
	}
}

// fetch takes the oldest item out, or gives nil.
func (q *queue) fetch() *item {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := q.items.Front()
	if e == nil {
		return nil
	}
	return q.remove(e)
}

func (q *queue) remove(e *list.Element) *item {
	x := q.items.Remove(e).(*item)
	if q.unique() {
		delete(q.byKey, x.key)
	}
	return x
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items.Len()
}
