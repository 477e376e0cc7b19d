package stores

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// built is the binary that the tests of a process share.
var built struct {
	sync.Once
	dir, path string
	err       error
}

// Binary is the path of the server, built from this tree; MOONROUTE names another one.
func Binary(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.path = os.Getenv("MOONROUTE"); built.path == "" {
			built.dir, built.path, built.err = build()
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func build() (dir, path string, err error) {
	if dir, err = os.MkdirTemp("", "moonroute-stores-"); err != nil {
		return "", "", err
	}
	path = filepath.Join(dir, "moonroute")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "../../cmd/moonroute") //nolint:gosec // the folder is ours
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return dir, path, nil
}

// Main runs the tests of the package and takes away the binary and the shared MariaDB. Without
// the build tag e2e it runs only what -run names.
func Main(m *testing.M) {
	flag.Parse()
	if !asked && flag.Lookup("test.run").Value.String() == "" {
		fmt.Println("left out: they take some minutes; -tags e2e or -run NAME runs them")
		os.Exit(0)
	}
	code := m.Run()
	dbtest.Close()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir) // a temporary folder
	}
	os.Exit(code)
}
