// Package dbtest gives tests a database of their own: an SQLite file, and a MariaDB server
// that it starts from the system's package in a temporary folder.
package dbtest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Each runs a test on every kind of database, each time with the URL of an empty one.
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("mariadb", func(t *testing.T) { f(t, MariaDB(t)) })
}

// SQLite is the URL of a file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "test.db")
}

// MariaDB is the URL of an empty database on a server that all tests of this process share.
// It skips the test where the server is not installed.
func MariaDB(t testing.TB) string {
	t.Helper()
	s := shared(t)
	name := strings.ToLower(fmt.Sprintf("t%d", s.names.Add(1)))
	if err := s.Run("", "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Run("", "DROP DATABASE "+name) }) // the folder goes away in any case
	return s.URL(name)
}
