package stores

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// TestDatabaseStuck stops MariaDB's process for a while (SIGSTOP): its connections stay open and
// nothing comes back. More REGISTERs than can wait come in meanwhile; requests that need no
// database must not wait with them.
func TestDatabaseStuck(t *testing.T) {
	for _, mode := range []int{1, 3} {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) {
			m := newMariaDB(t)
			s := newRegistrar(t, mode, m.URL("d"))
			s.Start()
			c := NewClient(t, s.Addr())
			registers := startLoad(t, c, 200, 200*time.Millisecond, func(i int) string {
				u := fmt.Sprintf("u%d@h.test", i)
				return c.Request("REGISTER", u, u, "", "Contact: <sip:x@192.0.2.1>;expires=600")
			})
			others := startLoad(t, c, 4, 2*time.Millisecond, func(i int) string { return c.Request("OPTIONS", "a@h.test", "b@h.test", "") })
			time.Sleep(500 * time.Millisecond)
			signalMariaDB(t, m, syscall.SIGSTOP)
			stuck := time.Now()
			time.Sleep(3 * time.Second)
			signalMariaDB(t, m, syscall.SIGCONT)
			going := time.Now()
			time.Sleep(recoveryBound + time.Second)
			checkOthers(t, others.end())
			checkStuck(t, registers.end(), stuck, going)
			checkStored(t, s, registers.answers[:min(500, len(registers.answers))])
		})
	}
}

func signalMariaDB(t *testing.T, m *dbtest.Server, signal syscall.Signal) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.Dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = syscall.Kill(pid, signal)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkStuck: once those that can wait do, all others are refused at once, and what was
// refused is accepted soon after the database goes on.
func checkStuck(t *testing.T, list []answer, stuck, going time.Time) {
	t.Helper()
	count, slow, after := map[int]int{}, 0, 0
	for _, a := range list {
		count[a.status]++
		if a.at.After(stuck.Add(time.Second)) && a.at.Before(going) && a.took > refusalBound {
			slow++
		}
		if a.at.After(going.Add(recoveryBound)) && a.status == 200 {
			after++
		}
	}
	if slow > 0 || after == 0 || count[0] > 0 {
		t.Errorf("%d REGISTERs were kept waiting without the database, %d were accepted after its return, %d got no answer", slow, after, count[0])
	}
	worst, most := longest(list)
	t.Logf("REGISTER by status %v, 99%% within %v, the slowest %v", count, most, worst)
}
