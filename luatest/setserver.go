package luatest

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"
)

// setServer is t.server: at the top level for all cases of the file, in a case for that one.
func setServer(c *call) ([]glua.LValue, error) {
	s := c.s
	at := &s.base
	if s.L.Context() != nil {
		if s.world != nil {
			return nil, failf("the server runs already: t.server comes before the first peer of a case")
		}
		at = &s.now
	}
	return nil, s.settings(at).read(c.L.CheckTable(1))
}

// settings are the fields of t.server's table.
func (s *script) settings(at *settings) reader {
	file := func(into *string) func(glua.LValue) error {
		return func(v glua.LValue) error {
			at.config, at.script, at.text = "", "", ""
			*into = s.beside(v.String())
			return nil
		}
	}
	list := func(into *[]string) func(glua.LValue) error {
		return func(v glua.LValue) (err error) {
			more, err := texts(v)
			*into = append(append([]string(nil), *into...), more...)
			return err
		}
	}
	return reader{
		"cfg": file(&at.config), "script": file(&at.script), "define": list(&at.defines), "listen": list(&at.listen),
		"config": func(v glua.LValue) error {
			at.config, at.script, at.text = "", s.beside("test"), v.String()
			return nil
		},
		"debug":  func(v glua.LValue) error { at.loud = true; return integer(&at.debug)(v) },
		"seed":   func(v glua.LValue) error { at.seed = uint64(glua.LVAsNumber(v)); return nil },
		"shared": func(v glua.LValue) error { at.shared = glua.LVAsBool(v); return nil },
		"sql":    func(v glua.LValue) error { return s.statements(at, v) },
		"start": func(v glua.LValue) (err error) {
			at.start, err = time.ParseInLocation(time.DateTime, v.String(), time.Local)
			return err
		},
	}
}

// beside makes a path relative to the test's folder.
func (s *script) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(s.file), path)
}

// statements reads SQL: a statement, a list of them, or the name of a file that ends in .sql.
func (s *script) statements(at *settings, v glua.LValue) error {
	list, err := texts(v)
	if err != nil {
		return err
	}
	for _, text := range list {
		if strings.HasSuffix(text, ".sql") {
			data, err := os.ReadFile(s.beside(text))
			if err != nil {
				return err
			}
			text = string(data)
		}
		for part := range strings.SplitSeq(text, ";\n") {
			if strings.TrimSpace(part) != "" {
				at.sql = append(at.sql[:len(at.sql):len(at.sql)], part)
			}
		}
	}
	return nil
}
