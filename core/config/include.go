package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// open starts reading a file.
func (r *reader) open(path string) error {
	data, err := r.opts.ReadFile(path)
	if err != nil {
		return err
	}
	if len(data) > maxFileSize {
		return fmt.Errorf("%s: larger than %d bytes", path, maxFileSize)
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	r.texts[path] = text
	r.stack = append(r.stack, newSource(path, text))
	r.files++
	return nil
}

// include obeys include_file and import_file. The second passes over a file that is not there.
func (r *reader) include(pos Pos, optional bool) {
	name, ok := r.fileName(pos)
	if !ok {
		return
	}
	if r.files >= maxFiles {
		r.stop(pos, "too many included files")
		return
	}
	err := r.openFrom(name, filepath.Dir(pos.File))
	var loop *includeLoop
	switch {
	case errors.As(err, &loop):
		r.stop(pos, loop.Error())
	case err != nil && !optional:
		r.fail(pos, "cannot read the included file: "+err.Error(), "")
	}
}

// fileName takes the string behind include_file, on the same line or the next.
func (r *reader) fileName(pos Pos) (string, bool) {
	src := r.top()
	src.skipSpace()
	if c := src.peek(0); c != '"' && c != '\'' {
		r.fail(pos, "file name in quotes expected", `include_file "file.cfg"`)
		src.restOfLine()
		return "", false
	}
	name := r.scanString(src)
	if name == "" {
		r.fail(pos, "empty name of a file to include", "")
	}
	return name, name != ""
}

// openFrom opens a file by its name as it is, and else beside the file that includes it.
func (r *reader) openFrom(name, dir string) error {
	if err := r.checkLoop(name); err != nil {
		return err
	}
	err := r.open(name)
	if err == nil || filepath.IsAbs(name) || dir == "." {
		return err
	}
	beside := filepath.Join(dir, name)
	if err := r.checkLoop(beside); err != nil {
		return err
	}
	return r.open(beside)
}

// includeLoop is the error of files that include each other.
type includeLoop struct{ message string }

func (e *includeLoop) Error() string { return e.message }

// checkLoop refuses a file that is being read already, and files too deep inside each other.
func (r *reader) checkLoop(path string) error {
	depth := 0
	var chain []string
	for _, s := range r.stack {
		if s.macro != "" {
			continue
		}
		depth++
		if s.file == path || chain != nil {
			chain = append(chain, s.file)
		}
	}
	if chain != nil {
		return &includeLoop{"file includes itself: " + strings.Join(append(chain, path), " -> ")}
	}
	if depth >= maxIncludes {
		return &includeLoop{"files are included too deep inside each other"}
	}
	return nil
}
