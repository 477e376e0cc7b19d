package permissions

import (
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

func TestTrustedRules(t *testing.T) {
	const source = "192.0.2.1"
	for _, tc := range []struct {
		name           string
		proto          string
		from, ruri     any
		plain, another int // the results for two requests
	}{
		{"any", "any", nil, nil, 1, 1}, {"udp", "UDP", nil, nil, 1, 1}, {"tcp", "tcp", nil, nil, -1, -1}, {"off", "none", nil, nil, -1, -1},
		{"from", "any", "^sip:alice@", nil, 1, -1}, {"case", "any", "^sip:ALICE@", nil, -1, -1}, {"empty", "any", "", "", 1, 1},
		{"whole From", "any", "^sip:alice@home.example$", nil, 1, -1}, {"ruri", "any", nil, "^sip:bob@home.example$", 1, -1}, {"both", "any", "alice", "carol", -1, -1},
		{"broken", "any", "^sip:(alice@", nil, -1, -1},
	} {
		url := dbtest.SQLite(t)
		tables(t, url, peerRow(source, tc.proto, tc.from, tc.ruri, "t", 0))
		for _, mode := range []string{"0", "1"} {
			h := kemitest.Start(t, peerTag+param("db_mode", mode)+text("db_url", url), pv.Module, Module)
			for message, want := range map[string]int{plain: tc.plain, invite("<tel:+1>", "sip:carol@home.example:5061"): tc.another, invite("garbage garbage", "sip:bob@home.example"): -1} {
				if got, _ := ask(h, message, "allow_trusted"); got != want {
					t.Errorf("%s, db_mode %s: %d for\n%s", tc.name, mode, got, message)
				}
			}
		}
	}
}

var rankedPeers = []db.Write{
	peerRow("192.0.2.1", "any", nil, nil, "a", 3), peerRow("192.0.2.1", "udp", nil, nil, "b", 3), peerRow("192.0.2.1", "any", nil, nil, nil, 5),
	peerRow("192.0.2.1", "tcp", nil, nil, "c", 9), peerRow("192.0.2.1", "any", nil, nil, "d", 4), peerRow("192.0.2.1", "any", nil, nil, "", 1), peerRow("192.0.2.2", "any", nil, nil, "x", 1),
}

// TestTagsInOrder: the cached rules are tried from the highest priority down, those of the database upwards.
func TestTagsInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		tables(t, url, rankedPeers...)
		for _, tc := range []struct {
			dbMode, tagMode string
			want            int
			tags            string
		}{{"0", "0", 1, ""}, {"0", "1", 5, "d b a "}, {"1", "0", 1, ""}, {"1", "1", 5, " b a d"}} {
			h := kemitest.Start(t, peerTag+param("db_mode", tc.dbMode)+param("peer_tag_mode", tc.tagMode)+text("db_url", url), pv.Module, Module)
			if got, tags := ask(h, plain, "allow_trusted"); got != tc.want || tags != tc.tags {
				t.Errorf("%+v: %d %q", tc, got, tags)
			}
		}
	})
}

func TestTrustedDump(t *testing.T) {
	url := dbtest.SQLite(t)
	tables(t, url, peerRow("127.0.0.1", "tls", "^sip:a", nil, nil, 7))
	h := kemitest.Start(t, param("db_mode", "1")+text("db_url", url), Module)
	expect(t, command(h, "trustedDump"), `{"table":23,"item":{"ip":"127.0.0.1","proto":3,"pattern":"^sip:a","ruri_pattern":"NULL","tag":"NULL","priority":7}}`)
}
