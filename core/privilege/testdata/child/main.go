// Command child gives up the rights of root and tells what it may still do, in JSON.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/moonroute/moonroute/core/privilege"
)

func main() {
	hold := threads(8)
	defer close(hold)
	u, err := privilege.Find(os.Args[1], os.Args[2])
	fail(err)
	fail(u.Become())
	began := look(os.Args[3])
	fail(privilege.Settle())
	fail(json.NewEncoder(os.Stdout).Encode(map[string]any{"began": began, "settled": look(os.Args[3])}))
}

// threads starts as many threads of the system, which must lose their rights too.
func threads(n int) chan struct{} {
	hold, up := make(chan struct{}), make(chan struct{})
	for range n {
		go func() {
			runtime.LockOSThread()
			up <- struct{}{}
			<-hold
		}()
		<-up
	}
	return hold
}

// look tells the rights of all threads and tries some of them.
func look(secret string) map[string]any {
	file, readErr := os.Open(secret)
	if readErr == nil {
		file.Close()
	}
	return map[string]any{
		"threads": statuses(), "back": syscall.Setuid(0) == nil, "group": syscall.Setgid(0) == nil,
		"read": readErr == nil, "write": os.WriteFile(secret, nil, 0o600) == nil, "port": lowPort(), "fds": readable("/proc/self/fd"),
	}
}

func readable(dir string) bool {
	_, err := os.ReadDir(dir)
	return err == nil
}

// statuses are the lines about rights that differ between threads, each once.
func statuses() []string {
	files, err := filepath.Glob("/proc/self/task/*/status")
	fail(err)
	seen := map[string]bool{}
	var list []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		fail(err)
		var b strings.Builder
		for line := range strings.Lines(string(data)) {
			for _, name := range []string{"Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:"} {
				if strings.HasPrefix(line, name) {
					b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
				}
			}
		}
		if !seen[b.String()] {
			seen[b.String()] = true
			list = append(list, b.String())
		}
	}
	return list
}

// lowPort tells whether a port below 1024 can be opened.
func lowPort() bool {
	for port := 1023; port > 512; port-- {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			l.Close()
			return true
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return false
		}
	}
	return false
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
