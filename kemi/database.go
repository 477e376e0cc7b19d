package kemi

import (
	"errors"
	"fmt"
	"sync"

	"github.com/moonroute/moonroute/core/db"
)

// DatabaseTuner is a module whose parameters are settings of database connections (db_mysql, db_sqlite).
type DatabaseTuner interface {
	TuneDatabase(driver string, o *db.Options)
}

// databases are the open databases of a server by their URL: modules with the same URL
// share the connections and the queue of writes.
type databases struct {
	mu   sync.Mutex
	open map[string]*db.DB
}

// DB opens the database of a URL, or gives the one that is open. A module calls it in its
// Start. It blocks until the database answers or cannot be reached.
func (s *Server) DB(url string) (*db.DB, error) {
	s.databases.mu.Lock()
	defer s.databases.mu.Unlock()
	if d := s.databases.open[url]; d != nil {
		return d, nil
	}
	u, err := db.ParseURL(url)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(url, s.databaseOptions(u.Driver))
	if err != nil {
		return nil, err
	}
	if s.databases.open == nil {
		s.databases.open = map[string]*db.DB{}
	}
	s.databases.open[url] = d
	return d, nil
}

// Databases are the open databases.
func (s *Server) Databases() []*db.DB {
	s.databases.mu.Lock()
	defer s.databases.mu.Unlock()
	list := make([]*db.DB, 0, len(s.databases.open))
	for _, d := range s.databases.open {
		list = append(list, d)
	}
	return list
}

func (s *Server) databaseOptions(driver string) db.Options {
	o := db.DefaultOptions()
	o.Log, o.Clock = s.Log, s.Clock
	for _, in := range s.Registry.Modules() {
		if t, ok := in.State.(DatabaseTuner); ok {
			t.TuneDatabase(driver, &o)
		}
	}
	return o
}

// closeDatabases writes what is left to be written and closes the connections.
func (s *Server) closeDatabases() {
	for _, d := range s.Databases() {
		if err := d.Close(); err != nil && !errors.Is(err, db.ErrClosed) {
			s.Log.Error("<core>", fmt.Sprint("closing: ", err))
		}
	}
}
