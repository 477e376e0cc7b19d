//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serviceScript answers OPTIONS and relays everything else to the callee.
const serviceScript = `function ksr_request_route()
	if KSR.is_OPTIONS() then
		KSR.sl.send_reply(200, "OK")
		return
	end
	KSR.pv.sets("$du", "sip:%s")
	KSR.tm.t_relay()
end
`

// service is a server under a service manager.
type service struct {
	*process
	dir, addr string
	notified  *net.UnixConn
}

// startService runs a small script that relays to the callee. The server is up when its manager has heard so.
func startService(t *testing.T, port int, callee string, flags ...string) *service {
	t.Helper()
	s := &service{dir: t.TempDir(), addr: fmt.Sprint("127.0.0.1:", port)}
	if err := os.Chmod(filepath.Dir(s.dir), 0o755); err != nil { //nolint:gosec // for a server that is not root any more
		t.Fatal(err)
	}
	write(t, s.dir+"/routes.lua", fmt.Sprintf(serviceScript, callee))
	write(t, s.dir+"/kamailio.cfg", "debug=2\nlisten=udp:"+s.addr+"\nloadmodule \"ctl.so\"\nloadmodule \"sl.so\"\nloadmodule \"tm.so\"\nloadmodule \"pv.so\"\n"+
		"loadmodule \"app_lua.so\"\nmodparam(\"ctl\", \"binrpc\", \"unix:"+s.dir+"/run/ctl\")\nmodparam(\"app_lua\", \"load\", \""+s.dir+"/routes.lua\")\ncfgengine \"lua\"\n")
	var err error
	if s.notified, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: s.dir + "/notify", Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.notified.Close() })
	t.Setenv("NOTIFY_SOCKET", s.dir+"/notify")
	if err := os.Chmod(s.dir+"/notify", 0o777); err != nil { //nolint:gosec // as that of systemd is
		t.Fatal(err)
	}
	if len(flags) == 0 {
		if err := os.Mkdir(s.dir+"/run", 0o750); err != nil {
			t.Fatal(err)
		}
	}
	s.process = spawn(t, s.dir, command[0], append(append(command[1:], "-f", s.dir+"/kamailio.cfg"), flags...)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", tail(s.output.String(), 40))
		}
	})
	s.hears(t, "READY=1")
	return s
}

// hears waits until the manager is told something that begins so, and gives all of it.
func (s *service) hears(t *testing.T, want string) string {
	t.Helper()
	_ = s.notified.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 4096)
	for {
		n, err := s.notified.Read(buf)
		if err != nil {
			t.Fatalf("the manager waits for %s: %v", want, err)
		}
		if text := string(buf[:n]); strings.HasPrefix(text, want) {
			return text
		}
	}
}

// logs waits for a line of the log.
func (s *service) logs(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the log says: "+text, func() bool { return s.output.count(text) > 0 })
}

// udp is a peer without any timers of its own.
type udp struct {
	*net.UDPConn
	t *testing.T
}

func newUDP(t *testing.T) *udp {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &udp{c, t}
}

// sends a request with its own branch and Call-ID.
func (u *udp) sends(to, method, id string) {
	u.t.Helper()
	u.writes(to, request(u, method, "sip:callee@example.test", id))
}

func request(from *udp, method, uri, id string) string {
	at := from.LocalAddr().String()
	return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + at + ";branch=z9hG4bK" + id + "\r\nMax-Forwards: 70\r\n" +
		"From: <sip:caller@example.test>;tag=" + id + "\r\nTo: <sip:callee@example.test>\r\nCall-ID: " + id + "\r\nCSeq: 1 " + method +
		"\r\nContact: <sip:caller@" + at + ">\r\nContent-Length: 0\r\n\r\n"
}

func (u *udp) writes(to, text string) {
	u.t.Helper()
	addr, err := net.ResolveUDPAddr("udp", to)
	if err != nil {
		u.t.Fatal(err)
	}
	if _, err := u.WriteTo([]byte(text), addr); err != nil {
		u.t.Fatal(err)
	}
}

// gets waits for a message of a call that begins so, and gives it. Repetitions of others are passed over.
func (u *udp) gets(start, call string) string {
	u.t.Helper()
	_ = u.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 4096)
	for {
		n, err := u.Read(buf)
		if err != nil {
			u.t.Fatalf("waiting for %s: %v", start, err)
		}
		if text := string(buf[:n]); strings.HasPrefix(text, start) && lineOf(text, "Call-ID") == "Call-ID: "+call+"\r\n" {
			return text
		}
	}
}

// lineOf is a header line of a message, with its end.
func lineOf(message, name string) (lines string) {
	for line := range strings.Lines(message) {
		if strings.HasPrefix(line, name+":") {
			lines += line
		}
	}
	return lines
}

// answers a request as the callee.
func (u *udp) answers(to, request, status string) {
	u.t.Helper()
	reply := "SIP/2.0 " + status + "\r\n"
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		line := lineOf(request, name)
		if name == "To" {
			line = strings.TrimRight(line, "\r\n") + ";tag=callee\r\n"
		}
		reply += line
	}
	u.writes(to, reply+"Contact: <sip:callee@"+u.LocalAddr().String()+">\r\nContent-Length: 0\r\n\r\n")
}

// TestServiceManager: what systemd hears from the start to the end.
func TestServiceManager(t *testing.T) {
	t.Setenv("WATCHDOG_USEC", "2000000")
	s := startService(t, freePort(t), "127.0.0.1:9")
	caller := newUDP(t)
	caller.sends(s.addr, "OPTIONS", "first")
	caller.gets("SIP/2.0 200", "first")
	s.hears(t, "WATCHDOG=1")

	signal := func(sig syscall.Signal) {
		if err := s.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGHUP)
	if text := s.hears(t, "RELOADING=1"); !strings.Contains(text, "\nMONOTONIC_USEC=") {
		t.Errorf("a reload begins with %q", text)
	}
	s.hears(t, "READY=1")
	write(t, s.dir+"/routes.lua", "function oops(")
	signal(syscall.SIGHUP)
	s.hears(t, "RELOADING=1")
	if text := s.hears(t, "READY=1"); !strings.Contains(text, "STATUS=the last reload failed") || !strings.Contains(text, "routes.lua") {
		t.Errorf("a reload that failed ends with %q", text)
	}
	caller.sends(s.addr, "OPTIONS", "second")
	caller.gets("SIP/2.0 200", "second")
	s.hears(t, "WATCHDOG=1")
	signal(syscall.SIGTERM)
	if text := s.hears(t, "STOPPING=1"); !strings.Contains(text, "EXTEND_TIMEOUT_USEC=60000000\n") {
		t.Errorf("the stop begins with %q", text)
	}
	if code := s.stop(t, syscall.SIGCONT); code != 0 {
		t.Errorf("it ends with %d", code)
	}
}

// TestFinishesCalls: calls that ring when the server is told to stop are answered, new ones are refused.
func TestFinishesCalls(t *testing.T) {
	const calls = 50
	caller, callee := newUDP(t), newUDP(t)
	s := startService(t, freePort(t), callee.LocalAddr().String())
	var ringing []string
	for i := range calls {
		id := fmt.Sprint("call", i)
		caller.sends(s.addr, "INVITE", id)
		ringing = append(ringing, callee.gets("INVITE", id))
		callee.answers(s.addr, ringing[i], "180 Ringing")
		caller.gets("SIP/2.0 180", id)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.logs(t, "stopping: new requests are refused")
	for _, method := range []string{"INVITE", "REGISTER", "OPTIONS"} {
		caller.sends(s.addr, method, "late"+method)
		if reply := caller.gets("SIP/2.0 503", "late"+method); lineOf(reply, "Retry-After") == "" {
			t.Errorf("%s is refused with %q", method, reply)
		}
	}
	for i, invite := range ringing {
		callee.answers(s.addr, invite, "200 OK")
		caller.gets("SIP/2.0 200", fmt.Sprint("call", i))
	}
	if code := s.stop(t, syscall.SIGCONT); code != 0 || s.output.count("had not ended") != 0 {
		t.Errorf("it ends with %d", code)
	}
}

// TestStopsAtOnce: a second signal does not wait for a call that rings.
func TestStopsAtOnce(t *testing.T) {
	caller, callee := newUDP(t), newUDP(t)
	s := startService(t, freePort(t), callee.LocalAddr().String())
	caller.sends(s.addr, "INVITE", "call")
	callee.answers(s.addr, callee.gets("INVITE", "call"), "180 Ringing")
	caller.gets("SIP/2.0 180", "call")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.logs(t, "stopping: new requests are refused")
	if code := s.stop(t, syscall.SIGTERM); code != 0 || s.output.count("had not ended") != 1 {
		t.Errorf("it ends with %d", code)
	}
}

// TestStopsWhileStarting: a script that waits while it is loaded does not keep the server from being stopped.
func TestStopsWhileStarting(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/routes.lua", "os.execute(\"touch "+dir+"/begun; exec sleep 60 >/dev/null 2>&1\")\nfunction ksr_request_route() end\n")
	write(t, dir+"/kamailio.cfg", fmt.Sprintf("debug=2\nlisten=udp:127.0.0.1:%d\nloadmodule \"app_lua.so\"\nmodparam(\"app_lua\", \"load\", %q)\ncfgengine \"lua\"\n", freePort(t), dir+"/routes.lua"))
	p := spawn(t, dir, command[0], append(command[1:], "-f", dir+"/kamailio.cfg")...)
	eventually(t, "the script is being loaded", func() bool { _, err := os.Stat(dir + "/begun"); return err == nil })
	if code := p.stop(t, syscall.SIGTERM); code != 0 || !strings.Contains(p.output.String(), "before the server was ready") {
		t.Errorf("it ends with %d\n%s", code, p.output.String())
	}
}

// lowPort is a free port that only root may open.
func lowPort(t *testing.T) int {
	t.Helper()
	for port := 1023; port > 700; port-- {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err == nil {
			c.Close()
			return port
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
	t.Fatal("no port below 1024 is free")
	return 0
}

// TestGivesUpRoot: started as root, the server serves as another user, on a port that this one could not open.
func TestGivesUpRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("left out: only root has rights to give up")
	}
	const nobody = 65534
	s := startService(t, lowPort(t), "127.0.0.1:9", "-u", "65534", "-P", "pid", "-Y", "run", "-m", "64")
	caller := newUDP(t)
	caller.sends(s.addr, "OPTIONS", "first")
	caller.gets("SIP/2.0 200", "first")
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.cmd.Process.Pid))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		status := read(t, f)
		for _, want := range []string{"Uid:\t65534\t65534\t65534\t65534\n", "NoNewPrivs:\t1\n", "CapEff:\t0000000000000400\n", "CapPrm:\t0000000000000400\n"} {
			if !strings.Contains(status, want) {
				t.Errorf("%s lacks %q", f, want)
			}
		}
	}
	for _, file := range []struct {
		name string
		mode os.FileMode
	}{{"/run/ctl", 0o600}, {"/run", 0o750}, {"/pid", 0o644}} {
		info, err := os.Stat(s.dir + file.name)
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != nobody || info.Mode().Perm() != file.mode {
			t.Errorf("%s: owner %d, permissions %o", file.name, owner, info.Mode().Perm())
		}
	}
	if text := read(t, s.dir+"/pid"); text != fmt.Sprintln(s.cmd.Process.Pid) {
		t.Errorf("the file of -P has %q", text)
	}
	if err := os.Chown(s.dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if code := s.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("it ends with %d", code)
	}
	for _, name := range []string{"/run/ctl", "/pid"} {
		if _, err := os.Stat(s.dir + name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", name, err)
		}
	}
}
