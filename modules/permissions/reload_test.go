package permissions

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

func expect(t *testing.T, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestABrokenReloadKeepsTheOldAddresses(t *testing.T) {
	path := write(t, "list", "1 10.0.0.1 32 0 old\n")
	h := kemitest.Start(t, peerTag+text("address_file", path), pv.Module, Module)
	for _, step := range []struct{ list, answer, log string }{
		{"1 10.0.0.1 32 0 old\n1 10.0.0.2 40\n", "Reload failed.", "list:2: mask 40 of 10.0.0.2: want 0 to 32; what was loaded before stays"},
		{"1 10.0.0.1 32 0 old\n1\n", "Reload failed.", "list:2: want GROUP ADDRESS"},
		{"1 10.0.0.1 32 0 old\n1 10.0.0.3", `"Reload OK"`, ""},
	} {
		if err := os.WriteFile(path, []byte(step.list), 0o600); err != nil {
			t.Fatal(err)
		}
		expect(t, command(h, "addressReload"), step.answer)
		expect(t, h.Log(), step.log)
		question{1, "10.0.0.1", 0, 1, "old"}.check(t, h)
	}
	question{1, "10.0.0.3", 0, 1, ""}.check(t, h)
}

func TestReloadsKeepApart(t *testing.T) {
	h := kemitest.Start(t, text("address_file", write(t, "list", "1 10.0.0.1\n")), Module)
	expect(t, command(h, "addressReload"), "Reload OK")
	expect(t, command(h, "addressReload"), `"code":500,"message":"ongoing reload"`)
	expect(t, command(h, "trustedReload"), "ongoing reload")
	var l limiter
	begin := time.Unix(1000, 0)
	for after, want := range []bool{true, false, false, false, false, true, false} {
		if got := l.admit(begin.Add(time.Duration(after)*time.Second), 5*time.Second); got != want {
			t.Errorf("after %d s: %v", after, got)
		}
	}
}

func TestTooManyNetworksAreLeftOut(t *testing.T) {
	h := kemitest.Start(t, peerTag+param("max_subnets", "1")+text("address_file", write(t, "list", "1 10.0.0.0 8\n1 11.0.0.0 8\n1 12.0.0.1\n")), pv.Module, Module)
	for _, q := range []question{{1, "10.1.1.1", 0, 1, ""}, {1, "11.1.1.1", 0, -1, ""}, {1, "12.0.0.1", 0, 1, ""}} {
		q.check(t, h)
	}
	expect(t, h.Log(), "1 networks are left out: max_subnets is 1")
}

func TestReloadOfTheTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := tables(t, url, address(1, "10.0.0.1", 32, 0, "old"), peerRow("192.0.2.1", "any", nil, nil, "first", 0))
		h := kemitest.Start(t, peerTag+param("db_mode", "1")+text("db_url", url), pv.Module, Module)
		if err := d.Write(address(1, "10.0.0.2", 32, 0, "new"), peerRow("192.0.2.1", "udp", nil, nil, "second", 1)); err != nil {
			t.Fatal(err)
		}
		question{1, "10.0.0.2", 0, -1, ""}.check(t, h)
		expect(t, command(h, "addressReload"), "Reload OK")
		expect(t, command(h, "trustedReload"), "Reload OK")
		question{1, "10.0.0.2", 0, 1, "new"}.check(t, h)
		if got, tags := ask(h, plain, "allow_trusted"); got != 1 || tags != "second" {
			t.Error(got, tags)
		}
		if err := d.Write(address(0, "10.0.0.3", 32, 0, nil), peerRow("192.0.2.1", "junk", nil, nil, "third", 2)); err != nil {
			t.Fatal(err)
		}
		expect(t, command(h, "addressReload"), "Reload failed.")
		expect(t, command(h, "trustedReload"), "Reload failed.")
		question{1, "10.0.0.2", 0, 1, "new"}.check(t, h)
		if got, tags := ask(h, plain, "allow_trusted"); got != 1 || tags != "second" {
			t.Error(got, tags)
		}
		expect(t, h.Log(), `"junk": no such protocol`)
	})
}

func TestALostDatabase(t *testing.T) {
	for _, mode := range []string{"0", "1"} {
		url := dbtest.SQLite(t)
		d := tables(t, url, address(1, "10.0.0.1", 32, 0, "old"), peerRow("192.0.2.1", "any", nil, nil, "first", 0))
		h := kemitest.Start(t, peerTag+param("db_mode", mode)+text("db_url", url), pv.Module, Module)
		if err := d.Write(db.Exec("DROP TABLE address"), db.Exec("DROP TABLE trusted")); err != nil {
			t.Fatal(err)
		}
		expect(t, command(h, "addressReload"), "Reload failed.")
		question{1, "10.0.0.1", 0, 1, "old"}.check(t, h)
		want := map[string]int{"0": -1, "1": 1}[mode]
		if got, _ := ask(h, plain, "allow_trusted"); got != want {
			t.Errorf("db_mode %s without its table gives %d", mode, got)
		}
	}
}

func TestWhatCannotStart(t *testing.T) {
	url := dbtest.SQLite(t)
	d := tables(t, url)
	if err := d.Write(db.Update("version", []db.Col{{Name: "table_version", Value: 5}}, db.Eq("table_name", "address"))); err != nil {
		t.Fatal(err)
	}
	for config, want := range map[string]string{
		param("load_backends", "0"):           "nothing is to be loaded",
		text("peer_tag_avp", "$var(x)"):       "want an AVP",
		text("peer_tag_avp", "tag"):           "not a pseudo-variable",
		text("peer_tag_avp", "$avp($var(x))"): "want an AVP",
		text("address_file", "/nosuch/list"):  "address_file",
		text("db_url", "nosuch://x"):          "db_url",
		text("db_url", url):                   "version 5",
	} {
		h, err := kemitest.New(t, config, pv.Module, Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", config, err)
		}
	}
}

func TestWithoutAnything(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	question{1, "10.0.0.1", 0, -1, ""}.check(t, h)
	for function, want := range map[string]int{"allow_source_address_group": -1, "allow_trusted": -1, "allow_routing": 1} {
		for _, message := range []string{plain, ""} {
			if got, _ := ask(h, message, function); got != want {
				t.Errorf("%s gives %d", function, got)
			}
		}
	}
	if got, _ := ask(h, "", "allow_source_address", kemi.Int(1)); got != -1 {
		t.Error(got)
	}
	for name, want := range map[string]string{"addressDump": "No address table", "subnetDump": "No subnet table", "domainDump": "No domain list table", "addressReload": "Reload failed."} {
		expect(t, command(h, name), want)
	}
}

// TestChecksDuringReloads is for the race detector: a check sees the old content or the new one, never a half.
func TestChecksDuringReloads(t *testing.T) {
	h := kemitest.Start(t, param("reload_delta", "0")+text("address_file", write(t, "list", "1 10.0.0.1\n2 10.0.0.0 8\n3 a.example\n")), Module)
	s := h.Registry.Module("permissions").State.(*state)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				for _, q := range []question{{1, "10.0.0.1", 0, 1, ""}, {2, "10.9.9.9", 0, 1, ""}, {3, "a.example", 0, 1, ""}} {
					if e, _ := s.find(q.address, wanted{group: q.group}); e == nil {
						t.Errorf("%s is not found", q.address)
					}
				}
			}
		})
	}
	for range 20 {
		expect(t, command(h, "addressReload"), "Reload OK")
	}
	all.Wait()
}
