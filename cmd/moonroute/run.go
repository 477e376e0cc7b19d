package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

//go:embed default.cfg
var defaultConfig string

// run serves until a signal comes, or checks with -c.
func (f *flags) run(ctx context.Context) error {
	cfg, err := f.load()
	if err != nil {
		return err
	}
	if f.check > 0 {
		findings, err := check(cfg)
		if err != nil {
			return err
		}
		return report(os.Stdout, findings)
	}
	logger := f.logger(cfg)
	limitMemory(logger)
	if os.Getenv("GOGC") == "" {
		startCollector(takeMemory())
	}
	if unused := f.unused(); unused != "" {
		logger.Notice("<core>", "these flags have no meaning here and are ignored: "+unused)
	}
	if err := f.limits(cfg); err != nil {
		return err
	}
	server, err := kemi.New(options(cfg, logger))
	if err != nil {
		return err
	}
	return f.serve(ctx, server)
}

// options is the stock build: every module and the Lua engine.
func options(cfg *config.Config, logger *log.Logger) kemi.Options {
	return kemi.Options{
		Config: cfg, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}),
		Log: logger, Version: version, Args: os.Args,
	}
}

// load reads the configuration file, or the built-in one for a script alone.
func (f *flags) load() (*config.Config, error) {
	opts := config.Options{Defines: f.defines, ReadFile: os.ReadFile}
	path := f.file
	switch {
	case f.script != "" && f.file != "":
		return nil, errors.New("give either -f FILE or SCRIPT.lua, not both")
	case f.script != "":
		path = "default.cfg"
		opts.ReadFile = f.readDefault
	case f.file == "":
		return nil, errors.New("no configuration: try moonroute -f FILE, moonroute SCRIPT.lua or moonroute --help")
	}
	opts.ReadFile = f.lines.after(path, opts.ReadFile)
	cfg, err := config.Load(path, opts)
	if err != nil {
		return nil, err
	}
	for _, text := range f.listen {
		l, err := config.ParseListen(text)
		if err != nil {
			return nil, fmt.Errorf("-l %s: %w", text, err)
		}
		cfg.Listens = append(cfg.Listens, l)
	}
	return cfg, nil
}

// readDefault gives the built-in configuration, with the script's place written in.
func (f *flags) readDefault(path string) ([]byte, error) {
	if path != "default.cfg" {
		return os.ReadFile(path)
	}
	script, err := filepath.Abs(f.script)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(script); err != nil {
		return nil, err
	}
	return []byte(strings.NewReplacer("@SCRIPT@", escaped(script), "@DIR@", escaped(filepath.Dir(script))).Replace(defaultConfig)), nil
}

func (f *flags) logger(cfg *config.Config) *log.Logger {
	level := log.Level(cfg.Int("debug", int64(log.Warn)) + int64(f.debug))
	if f.logJSON {
		return log.NewJSON(os.Stderr, level)
	}
	return log.New(os.Stderr, level, isTerminal(os.Stderr))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
