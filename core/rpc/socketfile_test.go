package rpc

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestSocketFiles: files are their owner's unless it is said otherwise, and a folder where anybody could replace them is reported.
func TestSocketFiles(t *testing.T) {
	for _, c := range []struct {
		folder fs.FileMode
		mode   fs.FileMode
		want   fs.FileMode
		warns  bool
	}{
		{0o700, 0, 0o600, false},
		{0o770, 0o660, 0o660, false},
		{0o777 | fs.ModeSticky, 0, 0o600, false},
		{0o777, 0, 0o600, true},
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, c.folder); err != nil {
			t.Fatal(err)
		}
		var reports collected
		opts := Options{Mode: c.mode, Report: reports.add}
		for name, serve := range map[string]func(path string) (*Carrier, error){
			"stream": func(path string) (*Carrier, error) {
				return ServeBinary(t.Context(), NewRegistry(), "unix:"+path, opts)
			},
			"datagram": func(path string) (*Carrier, error) { return ServeDatagram(t.Context(), NewRegistry(), path, opts) },
			"fifo":     func(path string) (*Carrier, error) { return ServeFIFO(t.Context(), NewRegistry(), path, opts) },
		} {
			path := filepath.Join(dir, name)
			carrier, err := serve(path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			if err != nil || info.Mode().Perm() != c.want {
				t.Errorf("%s in %v: %v, %v", name, c.folder, info.Mode(), err)
			}
			carrier.Close()
		}
		if n := reports.count("any user of this machine may write"); n != 3 && c.warns || n != 0 && !c.warns {
			t.Errorf("folder %v: %d warnings", c.folder, n)
		}
	}
}

// collected are reports of carriers.
type collected struct {
	mu   sync.Mutex
	text []string
}

func (c *collected) add(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, err.Error())
}

func (c *collected) count(part string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.text {
		if strings.Contains(text, part) {
			n++
		}
	}
	return n
}
