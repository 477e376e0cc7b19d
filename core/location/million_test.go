package location

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

const million = 1_000_000

// What a million contacts may cost. The times are asked for where the machine is the test's own.
const (
	bytesBound  = 700
	lookupBound = 2 * time.Microsecond
	pauseBound  = 5 * time.Millisecond
)

// full tells that the figures of time are wanted.
func full() bool { return os.Getenv("MOONROUTE_LOAD") == "full" }

// searchBound is what a lookup stays below on any machine, and what looking through the table does not.
const searchBound = 200 * time.Microsecond

// fill registers n phones behind a proxy as the registrar does: each text is a part of the
// REGISTER that it came in.
func fill(table *Table, n int) {
	for i := range n {
		user := fmt.Sprintf("user%07d", i)
		text := fmt.Sprintf("sip:%s@192.0.2.17:%d;transport=udp;ob|3848276298220188511-%d@192.0.2.17|sip:198.51.100.7:%d;transport=udp|<sip:198.51.100.%d;lr;received=sip:198.51.100.7:5060>|Phone/%d.0 (build 4711)",
			user, 1024+i%60000, i, 1024+i%60000, i%250, i%50)
		message := strings.Repeat("Via: SIP/2.0/UDP 198.51.100.7\r\n", 8) + text // what must not stay in memory
		part := strings.Split(message[len(message)-len(text):], "|")
		_ = table.Update(user, func(u *Update) error {
			u.Insert(Contact{
				URI: part[0], CallID: part[1], Received: part[2], Path: part[3], UserAgent: part[4],
				Q: QUnset, Methods: AllMethods, CSeq: 1, LastModified: 1000, Expires: int64(2000 + i%3600),
			})
			return nil
		})
	}
}

func TestMillionContacts(t *testing.T) {
	if testing.Short() {
		t.Skip("left out with -short: it fills a million contacts")
	}
	before := heapInUse()
	_, table := newStore(ByQ)
	fill(table, million)
	each := float64(heapInUse()-before) / million
	t.Logf("%.0f bytes for a contact", each)
	if each > bytesBound {
		t.Errorf("a contact takes %.0f bytes, at most %d are allowed", each, bytesBound)
	}
	lookups(t, table)
	pauses(t, table)
	if table.Expire(6000); table.Contacts() != 0 || table.Users() != 0 {
		t.Error(table.Contacts(), table.Users())
	}
}

// lookups takes the time of lookups all over the table, the best of some rounds with other
// names each.
func lookups(t *testing.T, table *Table) {
	const rounds, each = 16, 8192
	names := make([]string, rounds*each)
	for i := range names {
		names[i] = fmt.Sprintf("user%07d", (i*7919)%million)
	}
	best := time.Hour
	for r := range rounds {
		best = min(best, cpuTime(func() {
			for _, name := range names[r*each : (r+1)*each] {
				if len(table.Lookup(name)) == 0 {
					t.Fatal(name, "is not found")
				}
			}
		})/each)
	}
	t.Logf("%v for a lookup", best)
	if best > searchBound || full() && best > lookupBound {
		t.Errorf("a lookup takes %v, at most %v is allowed", best, lookupBound)
	}
}

// pauses lets the million expire and measures how long a lock is held, which is how long a
// lookup can wait.
func pauses(t *testing.T, table *Table) {
	longest, holds := time.Duration(0), 0
	for now := int64(2000); now < 5600; now += 60 {
		for i := range table.parts {
			for n := expireBatch; n == expireBatch; holds++ {
				longest = max(longest, cpuTime(func() { n = len(table.expireSome(&table.parts[i], now)) }))
				if n > expireBatch {
					t.Fatalf("%d contacts expire while a lock is held", n)
				}
			}
		}
	}
	t.Logf("%d holds of a lock while the contacts expired, the longest %v", holds, longest)
	if full() && longest > pauseBound {
		t.Errorf("a lock is held for %v while contacts expire, at most %v is allowed", longest, pauseBound)
	}
}

// cpuTime is what f takes of a processor: a busy machine does not count.
func cpuTime(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadTime()
	f()
	return threadTime() - start
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkLookupOfAMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("left out with -short: it fills a million contacts")
	}
	_, table := newStore(ByQ)
	fill(table, million)
	names := make([]string, 4096)
	for i := range names {
		names[i] = fmt.Sprintf("user%07d", (i*7919)%million)
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if len(table.Lookup(names[i&4095])) == 0 {
			b.Fatal("not found")
		}
		i++
	}
}

func BenchmarkRefresh(b *testing.B) {
	_, table := newStore(ByQ)
	fill(table, 10000)
	now := int64(10000)
	b.ReportAllocs()
	for b.Loop() {
		now++
		_ = table.Update("user0000007", func(u *Update) error {
			old := u.Contacts()[0]
			c := *old
			c.Expires = now
			u.Replace(old, c)
			return nil
		})
	}
}
