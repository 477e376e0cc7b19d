package watch

import (
	"crypto/sha256"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// texts are what the files hold at one time: a hash by path, all zero for a file that cannot be read.
type texts map[string][sha256.Size]byte

func read(files []string) texts {
	t := texts{}
	for _, path := range files {
		t[path] = hashOf(path)
	}
	return t
}

func hashOf(path string) (sum [sha256.Size]byte) {
	f, err := os.Open(path)
	if err != nil {
		return sum
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum
	}
	h.Sum(sum[:0])
	return sum
}

// complete tells whether all files could be read.
func (t texts) complete() bool {
	for _, sum := range t {
		if sum == [sha256.Size]byte{} {
			return false
		}
	}
	return true
}

func (t texts) same(other texts) bool { return maps.Equal(t, other) }

// take puts back what the files held before, as far as they were known, and tells whether one has another text now.
func (t texts) take(before texts) (changed bool) {
	for path, sum := range before {
		if now, ok := t[path]; ok && now != sum {
			t[path], changed = sum, true
		}
	}
	return changed
}

// folders are where a change of the files shows: beside each file, beside what it links to, and beside each
// link on the way there.
func folders(files []string) []string {
	var list []string
	add := func(folder string) {
		if !slices.Contains(list, folder) {
			list = append(list, folder)
		}
	}
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			continue
		}
		add(filepath.Dir(path))
		if target, err := filepath.EvalSymlinks(path); err == nil {
			add(filepath.Dir(target))
		}
		for up := filepath.Dir(path); up != filepath.Dir(up); up = filepath.Dir(up) {
			if info, err := os.Lstat(up); err == nil && info.Mode()&os.ModeSymlink != 0 {
				add(filepath.Dir(up))
			}
		}
	}
	return list
}
