package kemi

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
)

func parameters(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Load("test.cfg", config.Options{ReadFile: func(string) ([]byte, error) { return []byte(text), nil }})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestBlocklistParameters(t *testing.T) {
	o := blocklistOptions(parameters(t, "use_dst_blocklist=yes\ndst_blocklist_expire=20\ndst_blocklist_mem=4\ndst_blocklist_tcp_imask=6\n"))
	if !o.On || o.Expire != 20*time.Second || o.Memory != 4096 || o.Ignore[flow.TCP] != blocklist.Connect|blocklist.Send || o.Ignore[flow.UDP] != 0 {
		t.Errorf("%+v", o)
	}
	if blocklistOptions(parameters(t, "")).On {
		t.Error("it is off by default")
	}
}

func TestConnectWait(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "tcp_async=yes\n": 0, "tcp_async=no\n": 10 * time.Second, "tcp_async=no\ntcp_connect_timeout=3\n": 3 * time.Second,
	} {
		if got := connectWait(parameters(t, text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
