package userblocklist

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxFile bounds the size of a table.
const maxFile = 16 << 20

// rows are a table as it was read.
type rows struct {
	columns []string
	fields  [][]string
}

// column is the place of a column, or -1.
func (t *rows) column(name string) int { return slices.Index(t.columns, name) }

// files reads tables from a directory and keeps them until their files change.
type files struct {
	*state
	root *os.Root
	err  error

	mu   sync.Mutex
	kept map[string]*keptFile
}

type keptFile struct {
	changed time.Time
	size    int64
	rows    *rows
}

// open takes the directory. Its absence shows when a table is read.
func (f *files) open(directory string) {
	f.root, f.err = os.OpenRoot(directory)
	f.kept = map[string]*keptFile{}
}

func (f *files) everybody(table string) (list, error) {
	t, err := f.read(table)
	if err != nil {
		return nil, tableError(table, err)
	}
	l, err := makeList(t, f.globalCols, nil)
	return l, tableError(table, err)
}

func (f *files) user(user, domain, table string) (list, error) {
	t, err := f.read(table)
	if err != nil {
		return nil, tableError(table, err)
	}
	l, err := makeList(t, f.userCols, func(row rowOf) bool {
		return row(f.userCols.user) == user && (f.useDomain == 0 || row(f.userCols.domain) == domain)
	})
	return l, tableError(table, err)
}

var errLarge = fmt.Errorf("the file has more than %d bytes", maxFile)

// read gives a table. Names cannot lead out of the directory.
func (f *files) read(table string) (*rows, error) {
	if f.err != nil {
		return nil, f.err
	}
	info, err := f.root.Stat(table)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, errLarge
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if k := f.kept[table]; k != nil && k.size == info.Size() && k.changed.Equal(info.ModTime()) {
		return k.rows, nil
	}
	t, err := f.parse(table)
	if err == nil {
		f.kept[table] = &keptFile{info.ModTime(), info.Size(), t}
	}
	return t, err
}

func (f *files) parse(table string) (*rows, error) {
	file, err := f.root.Open(table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, err
	}
	return parseText(string(data))
}

var errHeader = errors.New("line 1: want columns as id(int,auto) prefix(string,null)")

// parseText reads a table in the format of db_text: a line of columns, then a line for each
// row with colons between the fields and backslashes before colons that belong to one.
func parseText(text string) (*rows, error) {
	header, rest, _ := strings.Cut(text, "\n")
	t := &rows{}
	for _, word := range strings.Fields(header) {
		name, kind, ok := strings.Cut(word, "(")
		if !ok || name == "" || !strings.HasSuffix(kind, ")") {
			return nil, errHeader
		}
		t.columns = append(t.columns, name)
	}
	if len(t.columns) == 0 {
		return nil, errHeader
	}
	n := 1
	for line := range strings.Lines(rest) {
		n++
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		fields := splitRow(line)
		if len(fields) != len(t.columns) {
			return nil, fmt.Errorf("line %d: %d fields, want %d", n, len(fields), len(t.columns))
		}
		t.fields = append(t.fields, fields)
	}
	return t, nil
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}

// splitRow separates the fields of a row.
func splitRow(line string) []string {
	var fields []string
	var field []byte
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == ':':
			fields, field = append(fields, string(field)), field[:0]
		case b == '\\' && i+1 < len(line):
			i++
			if e, ok := escapes[line[i]]; ok {
				field = append(field, e)
			} else {
				field = append(field, line[i])
			}
		default:
			field = append(field, b)
		}
	}
	return append(fields, string(field))
}
