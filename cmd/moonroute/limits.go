package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/moonroute/moonroute/core/config"
)

// limits set what the process has of the system: its folder (-w, workdir) and how many files it may have open
// (open_files_limit), which is all that it may have unless somebody says otherwise.
func (f *flags) limits(cfg *config.Config) error {
	if dir := cmp.Or(f.workDir, word(cfg, "workdir")); dir != "" {
		if err := f.moveTo(dir, cfg); err != nil {
			return fmt.Errorf("working directory: %w", err)
		}
	}
	n := cfg.Int("open_files_limit", 0)
	if n <= 0 {
		return nil
	}
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &now); err != nil {
		return fmt.Errorf("open_files_limit: %w", err)
	}
	wanted := syscall.Rlimit{Cur: uint64(n), Max: max(now.Max, uint64(n))}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &wanted); err != nil {
		return fmt.Errorf("open_files_limit: %d files, where %d are allowed (only root may have more): %w", n, now.Max, err)
	}
	return nil
}

// moveTo changes to a folder. What was named from the folder before is still found: files stand beside the configuration.
func (f *flags) moveTo(dir string, cfg *config.Config) (err error) {
	for _, path := range []*string{&cfg.Path, &f.script} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	return os.Chdir(dir)
}
