package luatest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/schema"
	"github.com/moonroute/moonroute/kemi"
)

// databases stand in for those of the configuration: an SQLite file each, with all tables, that goes away with the world.
type databases struct {
	model *model
	dir   string
	urls  map[string]string // ours by the configuration's
	setup []string          // statements that fill a new one
}

// model is an empty database with all tables. It is made once and copied for each world.
type model struct{ path string }

// bytes gives the file, which the first call makes.
func (m *model) bytes(dir string) ([]byte, error) {
	if m.path == "" {
		path := filepath.Join(dir, "model.db")
		if err := createTables("sqlite://" + path); err != nil {
			return nil, err
		}
		m.path = path
	}
	return os.ReadFile(m.path)
}

func createTables(url string) error {
	d, err := openSQLite(url)
	if err != nil {
		return err
	}
	if _, err := schema.Create(context.Background(), d); err != nil {
		_ = d.Close()
		return err
	}
	return d.Close()
}

// openSQLite opens a file that nobody needs after the test: it does not wait for the disk.
func openSQLite(url string) (*db.DB, error) {
	o := db.DefaultOptions()
	tune(&o)
	return db.Open(url, o)
}

func tune(o *db.Options) { o.SQLite.Journal, o.SQLite.Synchronous = "MEMORY", "OFF" }

func (d *databases) any() bool { return len(d.urls) > 0 }

// instead gives the URL of the stand-in for a configured database, which the first call makes.
func (d *databases) instead(url string, o *db.Options) (string, error) {
	tune(o)
	if at, ok := d.urls[url]; ok {
		return at, nil
	}
	data, err := d.model.bytes(filepath.Dir(d.dir))
	if err != nil {
		return "", fmt.Errorf("luatest: the test's database: %w", err)
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(d.dir, fmt.Sprintf("%d.db", len(d.urls)+1))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", err
	}
	if d.urls == nil {
		d.urls = map[string]string{}
	}
	d.urls[url] = "sqlite://" + path
	return d.urls[url], d.fill(d.urls[url])
}

// fill runs the test's own statements on a new database.
func (d *databases) fill(url string) error {
	if len(d.setup) == 0 {
		return nil
	}
	open, err := openSQLite(url)
	if err != nil {
		return err
	}
	for _, text := range d.setup {
		if err := open.Write(db.Exec(text)); err != nil {
			_ = open.Close()
			return fmt.Errorf("%s: %w", strings.TrimSpace(text), err)
		}
	}
	return open.Close()
}

// activity grows with each use of a database.
func (d *databases) activity(s *kemi.Server) (n uint64) {
	for _, open := range s.Databases() {
		n += open.Stats.Reads.Load() + open.Stats.Commits.Load()
	}
	return n
}

func (d *databases) remove() {
	if d.any() {
		_ = os.RemoveAll(d.dir) // it lies in a temporary folder, which goes away too
	}
}
