package luatest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/moonroute/moonroute/lua"
)

// WriteCoverage writes a table: what share of each script has run, and which lines have not.
func WriteCoverage(w io.Writer, files []lua.FileCoverage) {
	fmt.Fprintf(w, "%8s  %-40s %s\n", "lines", "script", "lines that have not run")
	for _, f := range files {
		fmt.Fprintf(w, "%7.1f%%  %-40s %s\n", share(f), short(f.Path + ":0")[:len(short(f.Path+":0"))-2], missing(f))
	}
}

func share(f lua.FileCoverage) float64 {
	if len(f.Lines) == 0 {
		return 100
	}
	return 100 * float64(ran(f)) / float64(len(f.Lines))
}

func ran(f lua.FileCoverage) (n int) {
	for _, l := range f.Lines {
		if l.Hits > 0 {
			n++
		}
	}
	return n
}

// missing are the lines without a hit, as ranges: "12, 15-18". A range runs over lines that hold no statement.
func missing(f lua.FileCoverage) string {
	var list []string
	for i := 0; i < len(f.Lines); i++ {
		if f.Lines[i].Hits > 0 {
			continue
		}
		first := f.Lines[i].Line
		for i+1 < len(f.Lines) && f.Lines[i+1].Hits == 0 {
			i++
		}
		if last := f.Lines[i].Line; last > first {
			list = append(list, fmt.Sprintf("%d-%d", first, last))
		} else {
			list = append(list, fmt.Sprint(first))
		}
	}
	return strings.Join(list, ", ")
}

// WriteLCOV writes the form that genhtml and editors read.
func WriteLCOV(w io.Writer, files []lua.FileCoverage) error {
	out := bufio.NewWriter(w)
	for _, f := range files {
		fmt.Fprintf(out, "TN:\nSF:%s\n", f.Path)
		for _, l := range f.Lines {
			fmt.Fprintf(out, "DA:%d,%d\n", l.Line, l.Hits)
		}
		fmt.Fprintf(out, "LF:%d\nLH:%d\nend_of_record\n", len(f.Lines), ran(f))
	}
	return out.Flush()
}

// Annotate writes a copy of each script into a folder, with the number of its runs before each
// line; "-" stands before one that has not run.
func Annotate(dir string, files []lua.FileCoverage) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		source, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		name := strings.ReplaceAll(strings.Trim(f.Path, "/"), "/", "_") + ".txt"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(annotated(string(source), f)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func annotated(source string, f lua.FileCoverage) string {
	hits := map[int]string{}
	for _, l := range f.Lines {
		hits[l.Line] = fmt.Sprint(l.Hits)
		if l.Hits == 0 {
			hits[l.Line] = "-"
		}
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(source, "\n"), "\n") {
		fmt.Fprintf(&b, "%7s %5d | %s\n", hits[i+1], i+1, line)
	}
	return b.String()
}
