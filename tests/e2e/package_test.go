//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// unhurried is for programs that work on whole packages, however busy the machine is.
const unhurried = 10 * patience

// packaged runs a script of packaging with the binary under test and gives the folder of what it made.
func packaged(t *testing.T, script string, env ...string) string {
	t.Helper()
	if len(command) != 1 {
		t.Skip("left out: the command under test is no binary alone")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // for a server that is not root
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "../../packaging/"+script, "v1.2.3-4-gabc")
	cmd.Env = append(append(os.Environ(), "BINARY="+command[0], "DIST="+dir), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return dir
}

// TestDebianPackage: what the package has, and that it runs from where it was unpacked.
func TestDebianPackage(t *testing.T) {
	need(t, "dpkg-deb")
	dir := packaged(t, "build-deb", "COMPRESSION=none")
	files, err := filepath.Glob(dir + "/moonroute_1.2.3+4+gabc_*.deb")
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	control, _ := run(t, unhurried, dir, "dpkg-deb", "-f", files[0], "Package", "Version", "Depends")
	for _, want := range []string{"Package: moonroute\n", "Version: 1.2.3+4+gabc\n", "adduser"} {
		if !strings.Contains(control, want) {
			t.Errorf("the control file lacks %q:\n%s", want, control)
		}
	}
	content, _ := run(t, unhurried, dir, "dpkg-deb", "-c", files[0])
	for _, want := range []string{
		"-rwxr-xr-x root/root /usr/bin/moonroute", "-rw-r--r-- root/root /lib/systemd/system/moonroute.service", "-rw-r--r-- root/root /etc/moonroute/moonroute.cfg",
		"-rw-r--r-- root/root /etc/moonroute/routes.lua", "-rw-r--r-- root/root /etc/default/moonroute", "-rw-r--r-- root/root /usr/share/doc/moonroute/copyright",
		"-rw-r--r-- root/root /usr/share/doc/moonroute/operating.md", "-rw-r--r-- root/root /usr/share/doc/moonroute/examples/hello/routes.lua",
	} {
		mode, path, _ := strings.Cut(want, " /")
		if !hasFile(content, mode, path) {
			t.Errorf("the package lacks %s", want)
		}
	}
	root := dir + "/root"
	run(t, unhurried, dir, "dpkg-deb", "-x", files[0], root)
	verifyUnit(t, root)
	serves(t, root)
}

// hasFile looks for a file of that mode and owner in the list of a package.
func hasFile(content, mode, path string) bool {
	for line := range strings.Lines(content) {
		if strings.HasPrefix(line, mode+" ") && strings.HasSuffix(line, " ./"+path+"\n") {
			return true
		}
	}
	return false
}

// verifyUnit has systemd read the unit, whose binary is the one of the package.
func verifyUnit(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("the unit is not verified: systemd-analyze is not on this machine")
		return
	}
	unit := root + "/moonroute.service"
	write(t, unit, strings.ReplaceAll(read(t, root+"/lib/systemd/system/moonroute.service"), "/usr/bin/moonroute", root+"/usr/bin/moonroute"))
	if out, code := run(t, unhurried, root, "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit); code != 0 || out != "" {
		t.Errorf("systemd-analyze verify: %d\n%s", code, out)
	}
}

// serves starts the server of the package as its unit does, with its configuration.
func serves(t *testing.T, root string) {
	t.Helper()
	port := freePort(t)
	options := []string{"-f", root + "/etc/moonroute/moonroute.cfg", "-A", fmt.Sprintf("ROUTES=%q", root+"/etc/moonroute/routes.lua"),
		"-A", fmt.Sprintf("DBURL=%q", "sqlite://"+root+"/moonroute.db"), "-A", fmt.Sprint("PORT=", port)}
	binary := root + "/usr/bin/moonroute"
	if out, code := run(t, unhurried, root, binary, append([]string{"db", "create"}, options...)...); code != 0 {
		t.Fatalf("db create: %d\n%s", code, out)
	}
	if out, code := run(t, unhurried, root, binary, append(options, "-c")...); code != 0 || strings.Contains(out, "warning") {
		t.Errorf("the check finds: %d\n%s", code, out)
	}
	p := spawn(t, root, binary, append(options, "--rundir="+root, "--modparam=ctl:binrpc:s:unix:"+root+"/ctl")...)
	eventually(t, "the packaged server serves", func() bool {
		if p.ended() {
			t.Fatal(p.output.String())
		}
		_, code := run(t, unhurried, root, binary, "uptime", "-s", "unix:"+root+"/ctl")
		return code == 0
	})
	caller, to := newUDP(t), fmt.Sprint("127.0.0.1:", port)
	caller.writes(to, request(caller, "OPTIONS", "sip:"+to, "packaged"))
	caller.gets("SIP/2.0 200", "packaged")
	if code := p.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d\n%s", code, p.output.String())
	}
}

// TestContainerFile: all that the container file names is there, and the server runs in it without being root.
func TestContainerFile(t *testing.T) {
	dir := packaged(t, "build-container", "LAYOUT=only") + "/container"
	file := read(t, dir+"/Containerfile")
	words := func(name string) (list []string) {
		for line := range strings.Lines(file) {
			if rest, ok := strings.CutPrefix(line, name+" "); ok {
				if json.Unmarshal([]byte(rest), &list) != nil {
					list = strings.Fields(rest)
				}
			}
		}
		if len(list) == 0 {
			t.Fatalf("the container file has no %s:\n%s", name, file)
		}
		return list
	}
	root := dir + "/" + words("COPY")[0]
	entry, args := words("ENTRYPOINT"), words("CMD")
	for _, path := range []string{entry[0], args[1], "/etc/moonroute/routes.lua", words("WORKDIR")[0], "/run/kamailio", "/tmp"} {
		if _, err := os.Stat(root + path); err != nil {
			t.Error(err)
		}
	}
	if words("FROM")[0] != "scratch" || words("USER")[0] != "10000:10000" || !strings.Contains(file, `CMD ["/usr/bin/moonroute", "uptime"]`) {
		t.Errorf("the container file is another one:\n%s", file)
	}
	if os.Getuid() != 0 {
		t.Skip("left out: only root can run a binary in a root of its own")
	}
	inside(t, root, append(entry, args...))
}

// inside runs the server as the container does: with that root, as that user.
func inside(t *testing.T, root string, args []string) {
	t.Helper()
	need(t, "chroot")
	enter := []string{"--userspec=10000:10000", root}
	args = append(args, "-A", fmt.Sprint("PORT=", freePort(t)))
	p := spawn(t, "/", "chroot", append(enter, args...)...)
	eventually(t, "the health check passes", func() bool {
		if p.ended() {
			t.Fatal(p.output.String())
		}
		_, code := run(t, unhurried, "/", "chroot", append(enter, "/usr/bin/moonroute", "uptime")...)
		return code == 0
	})
	if code := p.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d\n%s", code, p.output.String())
	}
}
