package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is the tool when go build calls it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asTool {
		main()
		return
	}
	os.Exit(m.Run())
}

const program = `package main

//go:noinline
func a() { println("a") }

//go:noinline
func b() { println("b") }

//go:noinline
func c() { println("c") }

func main() { a(); b(); c() }
`

// TestLayout: the functions of the list come first, in its order, and the program runs. Another list gives another program.
func TestLayout(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("CGO_ENABLED", "0")
	write(t, "go.mod", "module x\n")
	write(t, "main.go", program)
	for _, want := range []string{"main.c main.a runtime.main", "main.b runtime.main main.c"} {
		write(t, "functions.txt", strings.ReplaceAll(want, " ", "\nmain.unknown\n"))
		if err := run([]string{"functions.txt", "-o", "x", "."}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(first(t, 3), " "); got != want {
			t.Errorf("%s come first, not %s", got, want)
		}
		if out, err := exec.Command("./x").CombinedOutput(); err != nil || string(out) != "a\nb\nc\n" {
			t.Errorf("it says %q, %v", out, err)
		}
	}
}

// TestNoList: without a list the program is built as usual.
func TestNoList(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module x\n")
	write(t, "main.go", program)
	if err := run([]string{"none.txt", "-o", "x", "."}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("x"); err != nil {
		t.Error(err)
	}
	if run([]string{"functions.txt"}) == nil {
		t.Error("nothing is said of how it is used")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Clean(file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// first are the functions at the lowest addresses.
func first(t *testing.T, n int) (names []string) {
	t.Helper()
	out, err := exec.Command("go", "tool", "nm", "-n", "x").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) == 3 && strings.EqualFold(f[1], "t") && f[2] != "runtime.text" && f[2] != "go:buildid" && len(names) < n {
			names = append(names, f[2])
		}
	}
	return names
}
