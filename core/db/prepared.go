package db

import (
	"context"
	"database/sql"
	"sync"
)

// statements keeps the prepared reads of the pool by their text. Their number has a bound:
// a script may make ever new texts, which are then not kept.
type statements struct {
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

// prepare gives the statement of a text, or nil where too many are kept already.
func (s *statements) prepare(ctx context.Context, on *sql.DB, text string) (*sql.Stmt, error) {
	s.mu.RLock()
	p, n := s.kept[text], len(s.kept)
	s.mu.RUnlock()
	if p != nil || n >= maxKept {
		return p, nil
	}
	p, err := on.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.keep(text, p), nil
}

// keep notes a statement, unless another goroutine was faster.
func (s *statements) keep(text string, p *sql.Stmt) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.kept[text]; other != nil {
		_ = p.Close() // it has not been used
		return other
	}
	if s.kept == nil {
		s.kept = map[string]*sql.Stmt{}
	}
	s.kept[text] = p
	return p
}
