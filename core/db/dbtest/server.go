package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/freeport"
)

// Server is a MariaDB server of the tests: on loopback, with its data in a temporary folder.
type Server struct {
	Dir  string
	Port int
	Args []string // more options of its command line

	accounts bool // has the tables of users and their rights
	names    atomic.Int64
	process  *exec.Cmd
}

// ErrMissing says that the system's MariaDB package is not installed.
var ErrMissing = errors.New("mariadbd is not installed: tests/install-peers installs it")

// commands are what a server needs, as Debian names them.
var commands = []string{"mariadbd", "mariadb-install-db", "mariadb"}

func find(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return "/usr/sbin/" + name
}

// NewServer makes the data folder of a server, which may be killed as well as stopped; Start runs it.
func NewServer(dir string) (*Server, error) {
	s, err := newServer(dir)
	if err != nil {
		return nil, err
	}
	// Files that were made a moment ago do not survive a kill: an orderly end completes them.
	if err := s.Start(); err != nil {
		return nil, err
	}
	s.Stop()
	return s, nil
}

func newServer(dir string) (*Server, error) {
	for _, c := range commands {
		if _, err := os.Stat(find(c)); err != nil {
			return nil, ErrMissing
		}
	}
	port, err := freeport.Take()
	if err != nil {
		return nil, err
	}
	s := &Server{Dir: dir, Port: port}
	return s, os.Mkdir(s.data(), 0o700)
}

// NewServerWithAccounts is NewServer with the tables of users and their rights. A server without
// them is made ten times as fast, lets everybody do everything, and knows no CREATE USER.
func NewServerWithAccounts(dir string) (*Server, error) {
	s, err := newServer(dir)
	if err != nil {
		return nil, err
	}
	install := exec.Command(find("mariadb-install-db"), "--no-defaults", "--datadir="+s.data(), //nolint:gosec // the folder is the test's
		"--auth-root-authentication-method=normal", "--skip-test-db")
	install.Env = s.environment()
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	s.accounts = true
	return s, nil
}

// environment gives each server its own folder for temporary tables: one that starts takes
// away what it finds there, and with it the tables of a server beside it.
func (s *Server) environment() []string { return append(os.Environ(), "TMPDIR="+s.Dir) }

func (s *Server) data() string   { return filepath.Join(s.Dir, "data") }
func (s *Server) socket() string { return filepath.Join(s.Dir, "s") }

// URL is the address of one of its databases, by TCP.
func (s *Server) URL(name string) string {
	return "mysql://root@127.0.0.1:" + strconv.Itoa(s.Port) + "/" + name
}

// Own makes and starts a server that this test may stop, kill and freeze, and gives the URL
// of an empty database on it. It skips the test where the package is not installed.
func Own(t testing.TB) (*Server, string) {
	t.Helper()
	s, err := NewServer(t.TempDir())
	if errors.Is(err, ErrMissing) {
		t.Skip("left out: " + err.Error())
	}
	if err == nil {
		err = s.Start()
	}
	if err == nil {
		err = s.Run("", "CREATE DATABASE d")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s, s.URL("d")
}

// Start runs the server and returns when it answers.
func (s *Server) Start() error {
	args := []string{"--no-defaults", "--datadir=" + s.data(), "--socket=" + s.socket(), "--pid-file=" + filepath.Join(s.Dir, "pid"),
		"--bind-address=127.0.0.1", "--port=" + strconv.Itoa(s.Port), "--skip-name-resolve",
		"--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", "--log-error=" + filepath.Join(s.Dir, "log")}
	args = append(args, s.Args...)
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	if !s.accounts {
		args = append(args, "--skip-grant-tables")
	}
	s.process = exec.Command(find("mariadbd"), args...) //nolint:gosec // the folder is the test's
	s.process.Env = s.environment()
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("mariadbd: %w", err)
	}
	return s.await(time.Now().Add(30 * time.Second))
}

func (s *Server) await(end time.Time) error {
	for time.Now().Before(end) {
		if s.Run("", "SELECT 1") == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
	return fmt.Errorf("mariadbd does not answer: %s", text)
}

// Run does SQL statements in a database with the command-line client.
func (s *Server) Run(database, text string) error {
	out, err := exec.Command(find("mariadb"), "--no-defaults", "--socket="+s.socket(), "-uroot", "-e", text, database).CombinedOutput() //nolint:gosec // the test's own text
	if err != nil {
		return fmt.Errorf("mariadb: %w: %s", err, out)
	}
	return nil
}

// Stop ends the server as an operator does; Kill as a loss of power to the process.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

// Kill ends the server at once.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Freeze makes the server hang with its connections open, until Thaw. It returns when all its
// threads stand still: on a busy machine some go on answering for a while after the signal.
func (s *Server) Freeze() {
	_ = s.process.Process.Signal(syscall.SIGSTOP)
	for end := time.Now().Add(30 * time.Second); !s.frozen() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// frozen tells whether every thread is stopped: its state is the letter behind the name in
// parentheses (proc(5)).
func (s *Server) frozen() bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", s.process.Process.Pid))
	for _, file := range threads {
		text, err := os.ReadFile(file)
		if _, state, _ := strings.Cut(string(text), ") "); err == nil && !strings.HasPrefix(state, "T") {
			return false
		}
	}
	return true
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { _ = s.process.Process.Signal(syscall.SIGCONT) }

func (s *Server) end(signal syscall.Signal) {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(signal) // it may have ended
	_ = s.process.Wait()                 // by that signal
	s.process = nil
}

// one is the server that the tests of a process share. It ends with the process.
var one struct {
	sync.Once
	server *Server
	err    error
}

func shared(t testing.TB) *Server {
	t.Helper()
	one.Do(func() { one.server, one.err = startShared() })
	if errors.Is(one.err, ErrMissing) {
		t.Skip("left out: " + one.err.Error())
	}
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.server
}

func startShared() (*Server, error) {
	dir, err := os.MkdirTemp("", "mdb")
	if err != nil {
		return nil, err
	}
	s, err := newServer(dir)
	if err != nil {
		return nil, err
	}
	return s, s.Start()
}

// Main runs the tests of a package and takes the shared server away afterwards. A package
// that uses it calls it from its TestMain.
func Main(m *testing.M) {
	code := m.Run()
	Close()
	os.Exit(code)
}

// Close takes the shared server away, if there is one.
func Close() {
	if one.server != nil {
		one.server.Kill()
		_ = os.RemoveAll(one.server.Dir) // a temporary folder
	}
}
