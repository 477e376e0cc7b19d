package db_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// BenchmarkWrite tells the writes per second, and the CPU time of this process for one,
// where so many callers write at a time and each waits for its commit.
func BenchmarkWrite(b *testing.B) {
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", dbtest.SQLite}, {"mariadb", dbtest.MariaDB}} {
		for _, callers := range []int{1, 64, 512} {
			b.Run(fmt.Sprintf("%s/%d", kind.name, callers), func(b *testing.B) { benchmarkWrite(b, kind.url(b), callers) })
		}
	}
}

func benchmarkWrite(b *testing.B, url string, callers int) {
	d := open(b, url)
	var next atomic.Int64
	var all sync.WaitGroup
	begin, used := time.Now(), cpuTime(b)
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := d.Write(message(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "writes/s")
	b.ReportMetric(float64((cpuTime(b)-used).Microseconds())/float64(b.N), "cpu-us/write")
	b.ReportMetric(float64(b.N)/float64(d.Stats.Commits.Load()), "writes/commit")
}

// message is a row of the size that stores of messages have.
func message(n int64) db.Write {
	return db.Insert("things", db.Col{Name: "id", Value: n}, db.Col{Name: "name", Value: fmt.Sprint("sip:user", n, "@example.test")},
		db.Col{Name: "n", Value: n}, db.Col{Name: "q", Value: 0.5}, db.Col{Name: "at", Value: time.Unix(1e9+n, 0)}, db.Col{Name: "body", Value: body})
}

var body = make([]byte, 300)

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
