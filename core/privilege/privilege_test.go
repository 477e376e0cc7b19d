//go:build linux

package privilege

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		user, group string
		uid, gid    int
		err         string
	}{
		{"root", "", 0, 0, ""},
		{"0", "", 0, 0, ""},
		{"root", "4711", 0, 4711, ""},
		{"2147480000", "", 2147480000, 2147480000, ""},
		{"no such user", "", 0, 0, `there is no user "no such user"`},
		{"root", "no such group", 0, 0, `there is no group "no such group"`},
		{"4294967295", "", 0, 0, "there is no user"},
		{"-1", "", 0, 0, "there is no user"},
	} {
		u, err := Find(c.user, c.group)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s:%s: error %v, want %q", c.user, c.group, err, c.err)
			}
		case err != nil || u.UID != c.uid || u.GID != c.gid:
			t.Errorf("%s:%s: %+v, %v", c.user, c.group, u, err)
		}
	}
	if u, err := Find("", ""); err != nil || u.UID != os.Getuid() || u.GID != os.Getgid() {
		t.Errorf("nobody named: %+v, %v", u, err)
	}
}

// TestDirectory: no ID of the directory is taken for that of root.
func TestDirectory(t *testing.T) {
	u, err := fromDirectory(&user.User{Username: "nobody", Uid: "4000000000", Gid: "4000000001"})
	if err != nil || uint32(u.UID) != 4000000000 || uint32(u.GID) != 4000000001 {
		t.Errorf("high IDs: %+v, %v", u, err)
	}
	for _, x := range []user.User{{Uid: "S-1-5-18", Gid: "1"}, {Uid: "1", Gid: ""}, {Uid: "4294967295", Gid: "1"}} {
		if u, err := fromDirectory(&x); err == nil {
			t.Errorf("%q:%q became %d:%d", x.Uid, x.Gid, u.UID, u.GID)
		}
	}
}

// rights are what the child tells of itself.
type rights struct {
	Threads                             []string
	Back, Group, Read, Write, Port, FDs bool
}

// TestBecome: a child that was root is no more, in all its threads, and there is no way back.
func TestBecome(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("left out: only root has rights to give up")
	}
	dir := shared(t)
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(buildChild(t, dir), "65534", "65533", secret) //nolint:gosec // the tests' own
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Began, Settled rights }
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	check(t, "start", &got.Began, starting)
	check(t, "service", &got.Settled, serving)
	if got.Began.Read != (own(t)&(1<<unix.CAP_DAC_READ_SEARCH) != 0) || got.Settled.Read {
		t.Errorf("files of root are readable at the start: %v, and later: %v", got.Began.Read, got.Settled.Read)
	}
}

// own are the rights of root here: in a container some may be missing.
func own(t *testing.T) uint64 {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	return uint64(data[0].Permitted) | uint64(data[1].Permitted)<<32
}

func check(t *testing.T, when string, r *rights, may uint64) {
	t.Helper()
	caps := fmt.Sprintf("%016x", own(t)&may)
	if len(r.Threads) != 1 {
		t.Fatalf("%s: the threads differ: %q", when, r.Threads)
	}
	for _, want := range []string{
		"Uid: 65534 65534 65534 65534\n", "Gid: 65533 65533 65533 65533\n", "NoNewPrivs: 1\n",
		"CapPrm: " + caps, "CapEff: " + caps, "CapInh: 0000000000000000\n", "CapAmb: 0000000000000000\n",
	} {
		if !strings.Contains(r.Threads[0], want) {
			t.Errorf("%s: no %q in\n%s", when, want, r.Threads[0])
		}
	}
	if r.Back || r.Group || r.Write {
		t.Errorf("%s: back to root %v, its group %v, its files %v", when, r.Back, r.Group, r.Write)
	}
	if !r.Port || !r.FDs {
		t.Errorf("%s: a low port %v, its own /proc %v", when, r.Port, r.FDs)
	}
}

// shared is a folder that every user may enter.
func shared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // the child must find its files
		t.Fatal(err)
	}
	return dir
}

// buildChild builds the child without cgo, as the server is.
func buildChild(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "child")
	build := exec.Command("go", "build", "-o", path, "./testdata/child")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}
