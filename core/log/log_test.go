package log

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestLevels(t *testing.T) {
	var out strings.Builder
	l := New(&out, Notice, false)
	l.Error("tm", "one\n")
	l.Notice("<script>", "two [x] \"q\"")
	l.Info("tm", "three")
	l.SetThreshold(Debug)
	l.Debug("tm", "four")
	for _, want := range []string{"ERROR: tm: one\n", "NOTICE: <script>: two [x] \"q\"\n", "DEBUG: tm: four\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "three") || strings.Count(out.String(), "\n") != 3 {
		t.Errorf("got %s", out.String())
	}
}

func TestOnce(t *testing.T) {
	var out strings.Builder
	l := New(&out, Debug, false)
	if !l.Once("a", Err, "x", "first") || l.Once("a", Err, "x", "again") {
		t.Error("a place speaks once")
	}
	for i := range 3 * maxPlaces {
		l.Once(fmt.Sprint(i), Err, "x", "y")
	}
	if n := len(l.places.seen); n > maxPlaces {
		t.Errorf("%d places are remembered", n)
	}
}

func TestParseLevel(t *testing.T) {
	for name, want := range map[string]Level{"err": Err, "L_ERR": Err, "warn": Warn, "L_DBG": Debug, "crit": Crit, "alert": Alert, "Notice": Notice, "info": Info} {
		if got, ok := ParseLevel(name); !ok || got != want {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
	if _, ok := ParseLevel("loud"); ok {
		t.Error("an unknown level is one")
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	l := NewJSON(&out, Notice)
	l.Warning("tm", "a \"b\"")
	l.Info("tm", "quiet")
	var got map[string]string
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if got["message"] != `a "b"` || got["who"] != "tm" || got["level"] != "warn" || got["severity"] != "WARNING" || got["time"] == "" {
		t.Errorf("got %v", got)
	}
}

func TestZerologRecordsEndHere(t *testing.T) {
	var out strings.Builder
	z := New(&out, Warn, false).Zerolog()
	z.Warn().Str("peer", "x").Msg("hello")
	z.Debug().Msg("quiet")
	if !strings.Contains(out.String(), "WARNING: <core>: hello peer=x\n") || strings.Contains(out.String(), "quiet") {
		t.Errorf("got %q", out.String())
	}
}

func BenchmarkWrite(b *testing.B) {
	l := New(io.Discard, Debug, false)
	b.ReportAllocs()
	for b.Loop() {
		l.Notice("<script>", "incoming reply")
	}
}
