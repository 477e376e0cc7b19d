package lua

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxFiles bounds how many compiled files a version keeps.
const maxFiles = 4096

// sources are the compiled files of one version: each is read once, and all states of the
// version run the same text even if the file changes meanwhile.
type sources struct {
	engine *engine
	mu     sync.Mutex
	files  map[string]source
	order  []string // in which the files were first read
}

type source struct {
	chunk chunk
	code  string
	size  int64
	mod   time.Time
}

func newSources(e *engine) *sources { return &sources{engine: e, files: map[string]source{}} }

// keep takes a file over from an older version, as it was read then.
func (c *sources) keep(path string, from *sources) {
	from.mu.Lock()
	defer from.mu.Unlock()
	c.put(path, from.files[path])
}

func (c *sources) put(path string, s source) {
	if _, known := c.files[path]; !known {
		c.order = append(c.order, path)
	}
	c.files[path] = s
}

// list names the files in the order of their first use.
func (c *sources) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.order)
}

// hash tells versions apart: it is made of the names and texts of all files.
func (c *sources) hash() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := sha256.New()
	for _, path := range c.order {
		fmt.Fprintf(h, "%s %d\n%s", path, len(c.files[path].code), c.files[path].code)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// line is a line of a file as this version read it; empty if there is none.
func (c *sources) line(path string, n int) string {
	c.mu.Lock()
	code := c.files[path].code
	c.mu.Unlock()
	for line := range strings.Lines(code) {
		if n--; n == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// get gives a compiled file. While a state is being made it is the text that the version
// has; later, when a script itself loads a file again, a changed file is read anew.
func (c *sources) get(path string, loading bool) (chunk, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.files[path]
	if ok && loading {
		return known.chunk, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return chunk{}, fmt.Errorf("lua: %w", err)
	}
	if ok && known.size == info.Size() && known.mod.Equal(info.ModTime()) {
		return known.chunk, nil
	}
	code, err := readSource(path)
	if err != nil {
		return chunk{}, err
	}
	compiled, err := c.engine.compileScript(code, path)
	if err != nil {
		return chunk{}, err
	}
	if len(c.files) >= maxFiles {
		return compiled, nil
	}
	c.put(path, source{compiled, code, info.Size(), info.ModTime()})
	return compiled, nil
}
