package location

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

const million = 1_000_000

// fill registers n phones the way a registrar does: the texts are parts of a larger message.
func fill(table *Table, n int) {
	for i := range n {
		message := fmt.Sprintf("sip:user%07d@192.0.2.17:5060;transport=udp|3848276298220188511@192.0.2.17-%d|sip:198.51.100.7:%d|Phone/%d.0",
			i, i, 1024+i%60000, i%50)
		var at [3]int
		k := 0
		for p := range len(message) {
			if message[p] == '|' {
				at[k] = p
				k++
			}
		}
		_ = table.Update(fmt.Sprintf("user%07d", i), func(u *Update) error {
			u.Insert(Contact{
				URI: message[:at[0]], CallID: message[at[0]+1 : at[1]], Received: message[at[1]+1 : at[2]],
				UserAgent: message[at[2]+1:], Q: QUnset, Methods: AllMethods, Expires: int64(2000 + i%3600),
			})
			return nil
		})
	}
}

func TestMillionContacts(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a million contacts")
	}
	before := heapInUse()
	_, table := newStore(ByQ)
	fill(table, million)
	if each := float64(heapInUse()-before) / million; each > 700 {
		t.Errorf("a contact takes %.0f bytes", each)
	} else {
		t.Logf("%.0f bytes for a contact", each)
	}
	longest := time.Duration(0)
	for now := int64(2000); now < 5600; now += 60 {
		for i := range table.parts {
			start := time.Now()
			table.expireSome(&table.parts[i], now)
			longest = max(longest, time.Since(start))
		}
	}
	t.Logf("longest hold of a lock while expiring: %v", longest)
	runtime.KeepAlive(table)
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkLookupOfAMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("fills a million contacts")
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
