package kemi

import (
	"errors"
	"fmt"
	"sync"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/stat"
)

// ReadURL is where modules that only read look for their tables unless db_url says otherwise: the database that the
// incumbent's tools make, with its account for reading.
const ReadURL = "mysql://kamailioro:kamailioro@localhost/kamailio"

// DatabaseTuner is a module whose parameters are settings of database connections (db_mysql, db_sqlite).
type DatabaseTuner interface {
	TuneDatabase(u db.URL, o *db.Options)
}

// databases are the open databases of a server by their URL: modules with the same URL
// share the connections and the queue of writes.
type databases struct {
	mu      sync.Mutex
	open    map[string]*db.DB
	instead func(url string, o *db.Options) (at string, err error) // Options.Database
}

// DB opens the database of a URL, or gives the one that is open. A module calls it in its
// Start. It blocks until the database answers or cannot be reached.
func (s *Server) DB(url string) (*db.DB, error) {
	s.databases.mu.Lock()
	defer s.databases.mu.Unlock()
	if d := s.databases.open[url]; d != nil {
		return d, nil
	}
	d, err := s.openDatabase(url)
	if err != nil {
		return nil, err
	}
	if s.databases.open == nil {
		s.databases.open = map[string]*db.DB{}
		if err := s.offerDatabaseStatistics(); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	s.databases.open[url] = d
	return d, nil
}

// openDatabase opens the database of a URL, or what stands in for it.
func (s *Server) openDatabase(url string) (*db.DB, error) {
	u, err := db.ParseURL(url)
	if err != nil {
		return nil, err
	}
	o := s.databaseOptions(u)
	if s.databases.instead != nil {
		if url, err = s.databases.instead(url, &o); err != nil {
			return nil, err
		}
	}
	return db.Open(url, o)
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

// databaseStatistics are the statistics of group db, summed over the open databases.
var databaseStatistics = [...]struct {
	name  string
	value func(*db.DB) uint64
}{
	{"reads", func(d *db.DB) uint64 { return d.Stats.Reads.Load() }},
	{"writes", func(d *db.DB) uint64 { return d.Stats.Writes.Load() }},
	{"commits", func(d *db.DB) uint64 { return d.Stats.Commits.Load() }},
	{"failed", func(d *db.DB) uint64 { return d.Stats.Failed.Load() }},
	{"dropped", func(d *db.DB) uint64 { return d.Stats.Dropped.Load() }},
	{"lost", func(d *db.DB) uint64 { return d.Stats.Lost.Load() }},
	{"kept", func(d *db.DB) uint64 { return uint64(d.Kept()) }},
	{"kept_bytes", func(d *db.DB) uint64 { return uint64(d.KeptBytes()) }},
}

// offerDatabaseStatistics adds them when the first database is opened.
func (s *Server) offerDatabaseStatistics() error {
	for _, row := range databaseStatistics {
		sum := func() (n int64) {
			for _, d := range s.Databases() {
				n += int64(row.value(d))
			}
			return n
		}
		if err := s.Stats.Add("db", row.name, stat.Func(sum)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) databaseOptions(u db.URL) db.Options {
	o := db.DefaultOptions()
	o.Log, o.Clock = s.Log, s.Clock
	for _, in := range s.Registry.Modules() {
		if t, ok := in.State.(DatabaseTuner); ok {
			t.TuneDatabase(u, &o)
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
