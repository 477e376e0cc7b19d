package htable

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/keylock"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/shard"
	"github.com/moonroute/moonroute/kemi"
)

// host is the module with some tables, a message and a hand-moved clock.
type host struct {
	*state
	clock *clock.Manual
	ctx   *kemi.Ctx
}

func newHost(t testing.TB, tables ...string) *host {
	t.Helper()
	c := clock.NewManual(time.Unix(1_000_000, 0))
	server := &kemi.Server{Clock: c, Log: log.Discard()}
	h := &host{state: &state{tables: map[string]*table{}, server: server}, clock: c}
	for _, text := range tables {
		if err := h.define(kemi.ParamValue{IsStr: true, Str: text}); err != nil {
			t.Fatal(err)
		}
	}
	h.ctx = &kemi.Ctx{Msg: new(route.Message), Server: server, Shard: &kemi.Shard{Shard: shard.New(0, c, shard.Limits{}), Local: map[any]any{}}}
	return h
}

// call runs "sht_sets table key value" and gives the result as text. A word of digits is a number.
func (h *host) call(t testing.TB, line string) string {
	t.Helper()
	if seconds, ok := strings.CutPrefix(line, "wait "); ok {
		d, err := time.ParseDuration(seconds)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(d)
		return "ok"
	}
	words := strings.Fields(line)
	for _, f := range functions {
		if f.Name != words[0] {
			continue
		}
		v := f.Call(h.state, h.ctx, arguments(t, f.Args, words[1:]))
		if v.IsNull() {
			return "nil"
		}
		return v.Text()
	}
	t.Fatalf("no function %q", words[0])
	return ""
}

func arguments(t testing.TB, declared string, words []string) *kemi.Args {
	t.Helper()
	a := new(kemi.Args)
	for i, d := range strings.Split(declared, ", ") {
		v := kemi.Str(strings.Trim(words[i], "'"))
		if strings.HasSuffix(d, " int") {
			v = kemi.Int(kemi.Str(words[i]).Number())
		}
		a.Push(v)
	}
	return a
}

var defined = []string{"plain=>size=4;", "expiring=>size=4;autoexpire=600;", "fixed=>autoexpire=600;updateexpire=0;", "counted=>size=4;initval=10;"}

// TestCalls checks results as the incumbent gives them: "call = result".
func TestCalls(t *testing.T) {
	cases := map[string][]string{
		"values": {
			"sht_get plain k = nil", "sht_gete plain k = ", "sht_getw plain k = <null>", "sht_is_null plain k = 1",
			"sht_sets plain k v = 1", "sht_get plain k = v", "sht_is_null plain k = -1", "sht_rm plain k = 1", "sht_rm plain k = 1",
			"sht_seti plain n -3 = 1", "sht_get plain n = -3", "sht_sets plain '' v = 1",
		},
		"no table": {
			"sht_get nosuch k = nil", "sht_gete nosuch k = ", "sht_is_null nosuch k = 2", "sht_sets nosuch k v = -1", "sht_rm nosuch k = -1",
			"sht_inc nosuch k = -255", "sht_setex nosuch k 5 = -1", "sht_lock nosuch k = -1", "sht_rm_name_re nosuch x = 1", "sht_reset nosuch = -1",
		},
		"counting": {
			"sht_inc plain n = -255", "sht_get plain n = nil", "sht_seti plain n 5 = 1", "sht_inc plain n = 6", "sht_dec plain n = 5",
			"sht_sets plain s 5 = 1", "sht_inc plain s = -255", "sht_get plain s = 5",
			"sht_inc counted n = 11", "sht_dec counted n = 10", "sht_get counted other = 10", "sht_is_null counted other = -2",
		},
		"expiry": {
			"sht_sets expiring a v = 1", "wait 599s = ok", "sht_get expiring a = v", "wait 1s = ok", "sht_get expiring a = nil",
			"sht_setxs expiring b v 30 = 1", "wait 29s = ok", "sht_is_null expiring b = -1", "sht_sets expiring b w = 1", "wait 31s = ok", "sht_get expiring b = w",
			"sht_setex expiring b 5 = 1", "wait 5s = ok", "sht_get expiring b = nil", "sht_setex expiring nokey 5 = 1",
			"sht_setxi expiring c 1 0 = 0", "wait 300s = ok", "sht_inc expiring c = 2", "wait 599s = ok", "sht_get expiring c = 2",
		},
		"expiry is not renewed": {
			"sht_seti fixed a 1 = 1", "wait 300s = ok", "sht_seti fixed a 2 = 1", "sht_inc fixed a = 3", "wait 300s = ok", "sht_get fixed a = nil",
		},
		"a table without expiry keeps": {"sht_setxs plain a v 5 = 1", "sht_setex plain a 5 = 1", "wait 100h = ok", "sht_get plain a = v"},
		"matching": {
			"sht_sets plain a1 va1 = 1", "sht_sets plain a2 va2 = 1", "sht_seti plain b 7 = 1",
			"sht_match_name plain eq a1 = 1", "sht_match_name plain eq a = -1", "sht_match_name plain sw a = 1", "sht_match_name plain re ^a.$ = 1",
			"sht_match_name plain ne a1 = 1", "sht_match_name plain ew 1 = -1", "sht_match_name plain re ( = -1", "sht_match_name nosuch eq a = -1",
			"sht_match_str_value plain eq 7 = -1", "sht_match_str_value plain sw va = 1", "sht_match_str_value plain re 2$ = 1", "sht_cn plain re a = 2",
		},
		"removing": {
			"sht_sets plain a1 v = 1", "sht_sets plain a2 v = 1", "sht_seti plain b 1 = 1", "sht_rm_name plain eq a1 = -1", "sht_rm_name plain re ^a1 = 1",
			"sht_get plain a1 = nil", "sht_rm_value plain sw v = 1", "sht_get plain a2 = nil", "sht_get plain b = 1", "sht_rm_name_re plain b = 1", "sht_get plain b = nil",
			"sht_rm_value_re plain ( = -1",
		},
		"iterating": {
			"sht_iterator_start '' plain = -1", "sht_iterator_start it nosuch = -1", "sht_iterator_next it = -1", "sht_iterator_start it plain = 1", "sht_iterator_next it = -1",
			"sht_sets plain a v = 1", "sht_iterator_start it plain = 1", "sht_iterator_rm it = -1", "sht_iterator_next it = 1", "sht_iterator_seti it 5 = 1", "sht_get plain a = 5",
			"sht_iterator_sets it x = 1", "sht_iterator_setex it 5 = 1", "sht_iterator_rm it = -2", "sht_get plain a = nil", "sht_iterator_end it = 1", "sht_iterator_end it = -1",
		},
		"locking": {"sht_lock plain k = 1", "sht_lock plain k = 1", "sht_sets plain k v = 1", "sht_unlock plain k = 1", "sht_unlock plain k = 1", "sht_unlock plain k = 1"},
	}
	for name, lines := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, defined...)
			for _, line := range lines {
				call, want, _ := strings.Cut(line, " = ")
				if got := h.call(t, strings.TrimSuffix(call, " =")); got != strings.TrimSpace(want) {
					t.Fatalf("%s: got %q", line, got)
				}
			}
		})
	}
}

func TestIteratorSeesAll(t *testing.T) {
	h := newHost(t, "many=>size=4")
	for i := range 500 {
		h.call(t, fmt.Sprintf("sht_seti many k%d 1", i))
	}
	seen := map[string]bool{}
	for h.call(t, "sht_iterator_start it many"); h.call(t, "sht_iterator_next it") == "1"; {
		seen[h.present(h.ctx, "it").item.key] = true
	}
	if len(seen) != 500 {
		t.Fatalf("%d seen", len(seen))
	}
}

func TestDefinitions(t *testing.T) {
	cases := []struct {
		text, err string
		want      definition
	}{
		{"a=>size=8;autoexpire=300;initval=7;updateexpire=0;", "", definition{name: "a", slots: 256, autoExpire: 300, initval: kemi.Int(7)}},
		{"a=>size=1;initval=x;dbtable=t;cols='k,v';dmqreplicate=1", "", definition{name: "a", slots: 4, updateExpire: true, initval: kemi.Str("x"), dbTable: "t", cols: []string{"k", "v"}, replicate: true}},
		{"a", `"a": want NAME=>`, definition{}},
		{"a=>cols='k'", `table a: attribute cols: "'k'": want 'key,value'`, definition{}},
		{"a=>siez=8", `table a: unknown attribute "siez"`, definition{}},
		{"a=>size=big", `table a: attribute size: "big" is not a number`, definition{}},
	}
	for _, tc := range cases {
		got, err := parseDefinition(tc.text)
		if tc.err != "" {
			if err == nil || !strings.HasPrefix(err.Error(), tc.err) {
				t.Errorf("%s: %v, want %s", tc.text, err, tc.err)
			}
		} else if tc.want.null, tc.want.delimiter = "*", ","; err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %+v, %v", tc.text, got, err)
		}
	}
}

// TestFullTable fills one part of a table: further keys of it are refused, those that are there change.
func TestFullTable(t *testing.T) {
	table, now := newTable(definition{name: "t", autoExpire: 10, initval: kemi.Int(0)}), int64(1)
	p := table.part("key")
	for i := range maxCells {
		p.cells[fmt.Sprint(i)] = &cell{expires: 11}
	}
	if table.set("key", kemi.Int(1), 0, now) || !table.add("key", 1, now).IsNull() || table.get("key", now).Int() != 0 {
		t.Error("a full table takes a key")
	}
	p.cells["key"] = p.cells["0"]
	delete(p.cells, "0")
	if !table.set("key", kemi.Int(1), 0, now) || !table.set("key", kemi.Int(2), 0, now+20) {
		t.Error("a full table does not change what it has")
	}
	table.sweep(now + 20)
	if len(p.cells) != 1 || table.add("key", 1, now+20).Int() != 3 {
		t.Error("what has expired makes no room")
	}
}

func TestSweep(t *testing.T) {
	h := newHost(t, defined...)
	h.call(t, "sht_sets expiring a v")
	h.call(t, "sht_setxs expiring b v 5")
	h.call(t, "sht_sets plain c v")
	h.call(t, "wait 10s")
	gone := h.tables["expiring"].sweep(h.now())
	if len(gone) != 1 || gone[0].key != "b" || len(h.tables["plain"].sweep(h.now())) != 0 {
		t.Fatal(gone)
	}
	if all, _, _ := h.tables["expiring"].fill(h.now()); all != 1 {
		t.Fatal(all)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, defined...)
		inside, most := 0, 0
		for i := range 3 {
			ctx := &kemi.Ctx{Msg: new(route.Message), Server: h.server, Shard: &kemi.Shard{Shard: shard.New(i, clock.System{}, shard.Limits{})}}
			go ctx.Shard.Do(func() {
				h.lockKey(ctx, kemi.MakeArgs(kemi.Str("plain"), kemi.Str("k")))
				inside++
				most = max(most, inside)
				ctx.Wait(func() { time.Sleep(time.Second) })
				inside--
				h.unlockKey(ctx, kemi.MakeArgs(kemi.Str("plain"), kemi.Str("k")))
			})
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if most != 1 || inside != 0 {
			t.Errorf("%d at once, %d left", most, inside)
		}
	})
}

func TestForgottenLockIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t, defined...)
		args := kemi.MakeArgs(kemi.Str("plain"), kemi.Str("k"))
		h.ctx.Shard.Do(func() { h.lockKey(h.ctx, args) })
		other := &kemi.Ctx{Msg: new(route.Message), Server: h.server, Shard: h.ctx.Shard}
		start := time.Now()
		other.Shard.Do(func() { h.lockKey(other, args) })
		if took := time.Since(start); took != keylock.Hold {
			t.Errorf("taken over after %v", took)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	h := newHost(t, defined...)
	table, now := h.tables["counted"], h.now()
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range 2000 {
				table.add("sum", 1, now)
				key := fmt.Sprint(i % 100)
				table.set(key, kemi.Str(key), 0, now)
				table.get(key, now)
				if i%500 == 0 {
					table.any(now, byName(func(s string) bool { return s == "none" }))
					table.removeIf(byText(func(s string) bool { return s == "5" }))
				}
			}
		})
	}
	workers.Wait()
	if v := table.get("sum", now); v.Int() != 10+8*2000 {
		t.Fatal(v.Int())
	}
}

func BenchmarkMatchNameEq(b *testing.B) {
	h := newHost(b, "ipban=>size=8;autoexpire=300;")
	for i := range 10000 {
		h.tables["ipban"].set(fmt.Sprint("10.0.0.", i), kemi.Int(1), 0, h.now())
	}
	args := kemi.MakeArgs(kemi.Str("ipban"), kemi.Str("eq"), kemi.Str("192.0.2.1"))
	b.ReportAllocs()
	for b.Loop() {
		h.matchName(h.ctx, args)
	}
}
