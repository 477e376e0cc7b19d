package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/db/schema"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

func TestAScriptGetsItsDatabase(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "routes.lua")
	write(t, script, "")
	for range 2 {
		if err := prepareDatabase(context.Background(), script); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, defaultDatabase))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error("the file:", info, err)
	}
	d, err := (&databaseFlags{}).open("sqlite://"+filepath.Join(dir, defaultDatabase), openTime, false)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if list, err := schema.Check(context.Background(), d); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
}

// withoutDefault are the modules that a script alone does without.
var withoutDefault = []string{
	"db_mysql", "db_sqlite", // hold settings of connections only
	"pv_headers", // copies the headers of every message
	"tls",        // needs a certificate
}

func TestTheDefaultLoadsEveryModule(t *testing.T) {
	cfg, err := config.Load("default.cfg", config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	always := append(modules.Always(), withoutDefault...)
	for _, d := range kemi.Document(modules.All()) {
		loaded := slices.ContainsFunc(cfg.Modules, func(m config.Module) bool { return m.Name == d.Name })
		if !loaded && !slices.Contains(always, d.Name) {
			t.Errorf("default.cfg does not load %s: add the line, or a reason to withoutDefault", d.Name)
		}
	}
}
