package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// listVariable names the list to the linker.
const listVariable = "MOONROUTE_FUNCTIONS"

// place is what the linker does once it knows all functions and before it gives them their addresses.
const place = "\ttext := ctxt.xdefine(\"runtime.text\", sym.STEXT, 0)\n"

// sorting goes before it. Functions keep the groups that the linker has made of them, and the mark of the build its place before all.
const sorting = `	if list, err := os.ReadFile(os.Getenv("` + listVariable + `")); err == nil && !iscgo {
		names := strings.Split(string(list), "\n")
		rank := make(map[string]int, len(names))
		for i, name := range names {
			rank[name] = i + 1
		}
		at := func(s loader.Sym) int {
			name := ldr.SymName(s)
			if name == "go:buildid" {
				return 0
			}
			if r := rank[name]; r > 0 {
				return r
			}
			return len(names) + 1
		}
		sort.SliceStable(ctxt.Textp, func(i, j int) bool {
			a, b := ctxt.Textp[i], ctxt.Textp[j]
			if x, y := ldr.SymType(a), ldr.SymType(b); x != y {
				return x < y
			}
			return at(a) < at(b)
		})
	}

`

// makeLinker gives the linker of the toolchain that sorts. It is made once for each toolchain, in some seconds.
func makeLinker() (path string, err error) {
	root, err := exec.Command(goCommand(), "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	file := filepath.Join(strings.TrimSpace(string(root)), "src/cmd/link/internal/ld/data.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	before, after, found := strings.Cut(string(text), place)
	if !found {
		return "", errors.New("this toolchain's linker is not as expected")
	}
	changed := before + sorting + place + after
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "moonroute", fmt.Sprintf("link-%x", sha256.Sum256([]byte(changed+string(root)))))
	path = filepath.Join(dir, "link")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, compile(dir, path, file, changed)
}

// compile makes the linker with one file changed.
func compile(dir, path, file, changed string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp(dir, "make")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	source := filepath.Join(work, "data.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: source}})
	if err != nil {
		return err
	}
	list, made := filepath.Join(work, "overlay.json"), filepath.Join(work, "link")
	if err := errors.Join(os.WriteFile(source, []byte(changed), 0o600), os.WriteFile(list, overlay, 0o600)); err != nil {
		return err
	}
	err = runGo([]string{"build", "-overlay", list, "-o", made, "cmd/link"}, []string{"GOOS=", "GOARCH=", "GOFLAGS=", "CGO_ENABLED=0"})
	if err != nil {
		return fmt.Errorf("the linker was not built: %w", err)
	}
	return os.Rename(made, path) // two builds at a time make the same one
}
