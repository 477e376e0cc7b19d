// Package db_sqlite holds the settings of the embedded database. The database itself is core/db's.
package db_sqlite

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the db_sqlite module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "db_sqlite",
	Doc:  "Settings of the embedded database (sqlite:///path/of/the/file).",
	New:  func() *state { return &state{files: map[string][]setting{}} },
	Params: kemi.Params[state]{
		kemi.FuncParam("db_set_readonly", kemi.KindStr, "", (*state).setReadOnly, "FILE: the database is only read"),
		kemi.FuncParam("db_set_journal_mode", kemi.KindStr, "", (*state).setJournal, "FILE=MODE: DELETE, TRUNCATE, PERSIST, MEMORY, WAL or OFF; WAL if not given"),
		kemi.FuncParam("db_set_busy_timeout", kemi.KindStr, "", (*state).setBusyTimeout, "FILE=MILLISECONDS to wait for another process that holds the database; 2000 if not given"),
		kemi.FuncParam("db_set_synchronous", kemi.KindStr, "", (*state).setSynchronous, "FILE=MODE: FULL, a commit survives a loss of power; NORMAL, the end of the process only; OFF; FULL if not given. Not in the incumbent"),
	},
})

// setting changes one option.
type setting func(*db.SQLiteOptions)

// state is the settings of one server, by the file as the parameters name it.
type state struct {
	files map[string][]setting
}

func (s *state) add(file string, f setting) {
	s.files[file] = append(s.files[file], f)
}

func (s *state) setReadOnly(v kemi.ParamValue) error {
	if v.Str == "" {
		return fmt.Errorf("want the path of a database")
	}
	s.add(v.Str, func(o *db.SQLiteOptions) { o.ReadOnly = true })
	return nil
}

func (s *state) setJournal(v kemi.ParamValue) error {
	file, mode, err := choice(v.Str, "DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF")
	s.add(file, func(o *db.SQLiteOptions) { o.Journal = mode })
	return err
}

func (s *state) setSynchronous(v kemi.ParamValue) error {
	file, mode, err := choice(v.Str, "FULL", "EXTRA", "NORMAL", "OFF")
	s.add(file, func(o *db.SQLiteOptions) { o.Synchronous = mode })
	return err
}

func (s *state) setBusyTimeout(v kemi.ParamValue) error {
	file, text, _ := strings.Cut(v.Str, "=")
	ms, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil || file == "" {
		return fmt.Errorf("%q: want FILE=MILLISECONDS", v.Str)
	}
	s.add(file, func(o *db.SQLiteOptions) { o.BusyTimeout = time.Duration(ms) * time.Millisecond })
	return nil
}

// choice reads FILE=MODE, where the mode is one of a list.
func choice(text string, modes ...string) (file, mode string, err error) {
	file, mode, _ = strings.Cut(text, "=")
	mode = strings.ToUpper(strings.TrimSpace(mode))
	for _, m := range modes {
		if m == mode && file != "" {
			return file, mode, nil
		}
	}
	return "", "", fmt.Errorf("%q: want FILE=MODE with one of %s", text, strings.Join(modes, ", "))
}

// TuneDatabase implements kemi.DatabaseTuner.
func (s *state) TuneDatabase(u db.URL, o *db.Options) {
	if u.Driver != "sqlite" {
		return
	}
	for file, settings := range s.files {
		if !sameFile(file, u.Name) {
			continue
		}
		for _, f := range settings {
			f(&o.SQLite)
		}
	}
}

// sameFile tells whether a parameter names the database of a URL: by its path, or by the
// last part of it.
func sameFile(name, path string) bool {
	return filepath.Clean(name) == filepath.Clean(path) || name == filepath.Base(path)
}
