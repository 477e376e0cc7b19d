package rpc

import (
	"testing"
)

func TestAddresses(t *testing.T) {
	for in, want := range map[string]address{
		"unix:/tmp/a":      {"unix", "/tmp/a"},
		"unixs:/tmp/a":     {"unix", "/tmp/a"},
		"unixd:/tmp/a":     {"unixgram", "/tmp/a"},
		"unix:a":           {"unix", "a"},
		"/tmp/a":           {"unix", "/tmp/a"},
		"tcp:22":           {"tcp", ":22"},
		"tcp:127.0.0.1":    {"tcp", "127.0.0.1:2049"},
		"tcp:*:22":         {"tcp", ":22"},
		"udp:[::1]:22":     {"udp", "[::1]:22"},
		"127.0.0.1:22":     {"udp", "127.0.0.1:22"},
		"tcp:localhost:22": {"tcp", "localhost:22"},
	} {
		if got, err := parseBinaryAddress(in); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "unix:", "tcp:"} {
		if got, err := parseBinaryAddress(in); err == nil {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}
