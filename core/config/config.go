package config

import (
	"fmt"
	"os"
)

// Options says where a configuration gets what is outside its file.
type Options struct {
	// Defines are the values of -A on the command line, NAME or NAME=VALUE.
	Defines []string
	// Env looks an environment variable up; nil is os.LookupEnv.
	Env func(name string) (value string, ok bool)
	// ReadFile reads the file and those that it includes; nil is os.ReadFile.
	ReadFile func(path string) ([]byte, error)
}

// Config is a configuration file that has been read. Lists are in the order of the file.
type Config struct {
	Path      string
	Engine    string    // cfgengine; "lua", or empty if the file has none
	EnginePos Pos       // where cfgengine stands
	Globals   []Setting // name = value
	Listens   []Listen
	Aliases   []Alias
	Modules   []Module
	Params    []Param
	Flags     []Flag
	LoadPaths []string // loadpath and mpath, as written

	// Defines are the preprocessor's names at the end of the file with their values as
	// written, quotes included. DefineNames has the names in the order of definition.
	Defines     map[string]string
	DefineNames []string

	Warnings []Diagnostic

	texts map[string]string // of the files read, to show lines in diagnostics
}

// Load reads the file and all that it includes. The error is an Errors with what is wrong in
// the text, in the order found and at most 20, or a wrapped error of reading the file itself.
// It reads files and nothing else: no name is resolved and no module opened.
func Load(path string, opts Options) (*Config, error) {
	r := newReader(opts)
	if err := r.open(path); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	p := newParser(r, path)
	p.file()
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	return p.finish(), nil
}

// Diagnostic makes a diagnostic about a place in this configuration, with the source line.
func (c *Config) Diagnostic(pos Pos, message, hint string) Diagnostic {
	return Diagnostic{Pos: pos, Text: lineOf(c.texts[pos.File], pos.Line), Message: message, Hint: hint}
}

// fillDefaults puts the operating system where the options leave something open.
func (o Options) fillDefaults() Options {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	return o
}
