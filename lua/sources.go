package lua

import (
	"fmt"
	"os"
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
}

type source struct {
	chunk chunk
	size  int64
	mod   time.Time
}

func newSources(e *engine) *sources { return &sources{engine: e, files: map[string]source{}} }

// keep puts in a file that is compiled already.
func (c *sources) keep(path string, main chunk) {
	c.files[path] = source{chunk: main}
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
	compiled, err := c.engine.compileSource(code, path)
	if err != nil {
		return chunk{}, err
	}
	if len(c.files) >= maxFiles {
		return compiled, nil
	}
	c.files[path] = source{compiled, info.Size(), info.ModTime()}
	return compiled, nil
}
