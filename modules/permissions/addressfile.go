package permissions

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

// maxLine bounds a line of the files.
const maxLine = 64 << 10

// readAddressFile reads the address file. One wrong line refuses all.
func (s *state) readAddressFile(b *addressBuilder) error {
	path := s.path(s.addressFile)
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("address_file: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := addLine(b, lines.Text()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("address_file %s: %w", path, err)
	}
	return nil
}

var errLine = errors.New("want GROUP ADDRESS [MASK [PORT [TAG]]]")

// addLine reads a line. A number that is not there is 0, and what stands in its place is the next field.
func addLine(b *addressBuilder, line string) error {
	line, _, _ = strings.Cut(line, "#")
	f := fields{line}
	if f.skip(); f.rest == "" {
		return nil
	}
	r := record{entry: entry{group: f.number()}, address: f.word()}
	if r.address == "" {
		return errLine
	}
	r.mask, r.port = f.number(), f.number()
	if tag := f.word(); tag != "" {
		r.tag = optional{strings.Clone(tag), true}
	}
	return b.add(r)
}

// fields is what is left of a line.
type fields struct{ rest string }

func (f *fields) skip() { f.rest = strings.TrimLeft(f.rest, " \t\r\n") }

// number takes the digits that come next; there may be none.
func (f *fields) number() int {
	f.skip()
	var n int32 // as large as the incumbent's
	i := 0
	for ; i < len(f.rest) && '0' <= f.rest[i] && f.rest[i] <= '9'; i++ {
		n = n*10 + int32(f.rest[i]-'0')
	}
	f.rest = f.rest[i:]
	return int(n)
}

// word takes all up to the next blank.
func (f *fields) word() (word string) {
	f.skip()
	end := strings.IndexAny(f.rest, " \t\r\n")
	if end < 0 {
		end = len(f.rest)
	}
	word, f.rest = f.rest[:end], f.rest[end:]
	return word
}
