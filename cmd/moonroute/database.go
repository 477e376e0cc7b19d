package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/db"
)

// databaseFlags say which database a command is about.
type databaseFlags struct {
	url     string
	file    string
	defines []string
}

const databaseHelp = "The database is that of --url; or the one that the modules of the configuration use (-f FILE,\n" +
	"modparam db_url); or that of the environment variable MOONROUTE_DB, where no other user sees its\n" +
	"password; or else moonroute.db beside the script (-f SCRIPT.lua) or in this folder."

// defaultDatabase is the embedded one; default.cfg has it beside the script.
const defaultDatabase = "moonroute.db"

func (f *databaseFlags) register(set *pflag.FlagSet) {
	set.StringVar(&f.url, "url", "", "`URL` of the database: sqlite://path or mysql://user:password@host/name")
	set.StringVarP(&f.file, "file", "f", "", "configuration `FILE` or SCRIPT.lua whose database it is")
	set.StringArrayVarP(&f.defines, "define", "A", nil, "preprocessor define for FILE, `NAME[=VALUE]`; may be repeated")
}

// find gives the URL. The modules are asked for theirs in this order before all others.
func (f *databaseFlags) find(modules ...string) (string, error) {
	switch {
	case f.url != "":
		return f.url, nil
	case f.file != "":
		return f.fromFile(modules)
	case os.Getenv("MOONROUTE_DB") != "":
		return os.Getenv("MOONROUTE_DB"), nil
	}
	return "sqlite://" + defaultDatabase, nil
}

// fromFile is the db_url of the first of the modules that has one, or else the only one there is.
func (f *databaseFlags) fromFile(modules []string) (string, error) {
	cfg, err := loadFor(f.file, f.defines)
	if err != nil {
		return "", err
	}
	for _, m := range modules {
		for _, p := range cfg.Params {
			if p.Matches(m) && isDatabaseURL(&p) {
				return p.Value.Str, nil
			}
		}
	}
	return f.only(cfg)
}

// only is the one database of a configuration. Accounts that differ are no other database.
func (f *databaseFlags) only(cfg *config.Config) (string, error) {
	found, names := "", []string{}
	for _, p := range cfg.Params {
		if !isDatabaseURL(&p) {
			continue
		}
		u, err := db.ParseURL(p.Value.Str)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.ValuePos, err) // the line itself holds a password
		}
		u.User, u.Password = "", ""
		if !slices.Contains(names, u.String()) {
			names = append(names, u.String())
		}
		found = cmp.Or(found, p.Value.Str)
	}
	switch {
	case len(names) > 1:
		return "", fmt.Errorf("the modules of %s use several databases: say which one with --url: %s", f.file, strings.Join(names, ", "))
	case found == "":
		return "", fmt.Errorf("no module of %s has a db_url: give the database with --url", f.file)
	}
	return found, nil
}

func isDatabaseURL(p *config.Param) bool {
	return p.Name == "db_url" && strings.Contains(p.Value.Str, "://")
}

// unreachable is the error of a command that found nobody to ask.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

// openTime bounds how long a database may take to answer at first.
const openTime = 5 * time.Second

// open opens the database; a statement may then take the given time. An SQLite file that
// does not exist is made only where create is set.
func (f *databaseFlags) open(url string, statement time.Duration, create bool) (*db.DB, error) {
	u, err := db.ParseURL(url)
	if err != nil {
		return nil, err
	}
	if u.Driver == "sqlite" && !create {
		if _, err := os.Stat(u.Name); err != nil {
			return nil, unreachable{fmt.Errorf("%s: there is no such database: moonroute db create --url %s makes it, and --url or -f name another one", u, u)}
		}
	}
	if u.Driver == "sqlite" {
		if err := private(u.Name); err != nil {
			return nil, err
		}
	}
	o := db.DefaultOptions()
	o.Timeout = openTime
	d, err := db.Open(url, o)
	if err != nil {
		return nil, unreachable{err}
	}
	if statement <= openTime {
		return d, nil
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	o.Timeout = statement
	return db.Open(url, o)
}

// private makes a new file that its owner alone may read, for it holds passwords.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return unreachable{err}
	}
	return file.Close()
}
