package cfgutils

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const message = "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n"

func str(texts ...string) (args []kemi.Value) {
	for _, x := range texts {
		args = append(args, kemi.Str(x))
	}
	return args
}

// TestCoreHash has results of the incumbent.
func TestCoreHash(t *testing.T) {
	for _, tc := range []struct {
		text1, text2 string
		size, want   int
	}{
		{"abc", "def", 0, 2},
		{"abc", "", 3, 3},
		{"abc", "def", 4, 2},
		{"abc", "def", 16, 22898},
		{"sip:alice@example.com", "", 20, 127420},
		{"sip:alice@example.com", "0123456789", 31, 335363045},
		{"a", "b", -1, 2},
		{"", "", 5, 1},
		{"a", "b", 32, 1},
		{"a", "b", 33, 2},
		{"abcd", "", 30, 761218073},
		{"a", "b", 31, 220},
	} {
		got := new(state).coreHash(nil, kemi.MakeArgs(kemi.Str(tc.text1), kemi.Str(tc.text2), kemi.Int(tc.size)))
		if got != kemi.Int(tc.want) {
			t.Errorf("%q %q %d: %v, want %d", tc.text1, tc.text2, tc.size, got, tc.want)
		}
	}
}

func TestChance(t *testing.T) {
	next := int32(0)
	s := &state{random: func() int32 { return next }}
	for _, tc := range []struct {
		percent int
		random  int32
		want    kemi.Value
	}{
		{0, 0, no}, {-1, 0, no}, {100, maxRandom, yes}, {150, maxRandom, yes}, {50, maxRandom / 3, yes}, {50, maxRandom - 1, no},
	} {
		next = tc.random
		s.randSet(nil, kemi.MakeArgs(kemi.Int(tc.percent)))
		if got := s.randEvent(nil, nil); got != tc.want {
			t.Errorf("%d%% with %d: %v", tc.percent, tc.random, got)
		}
	}
}

func TestFunctions(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"cfgutils\", \"initial_probability\", 33)\n", Module)
	h.Run(message, func(c *kemi.Ctx) {
		for _, tc := range []struct {
			name string
			args []kemi.Value
			want kemi.Value
		}{
			{"rand_get_prob", nil, kemi.Int(33)},
			{"rand_set_prob", []kemi.Value{kemi.Int(7)}, yes},
			{"rand_get_prob", nil, kemi.Int(7)},
			{"rand_reset_prob", nil, yes},
			{"rand_get_prob", nil, kemi.Int(33)},
			{"check_route_exists", str("nosuchroute"), no},
			{"check_route_exists", str("0"), yes},
			{"route_if_exists", str(""), no},
			{"sleep", []kemi.Value{kemi.Int(0)}, yes},
			{"sleep", []kemi.Value{kemi.Int(-1)}, yes},
			{"usleep", []kemi.Value{kemi.Int(1)}, yes},
			{"shm_status", nil, yes},
			{"lock", str("a"), no}, // there are no locks
			{"trylock", str("a"), no},
			{"unlock", str("a"), no},
			{"abort", nil, kemi.Exit},
		} {
			if got := h.Call(c, "cfgutils", tc.name, tc.args...); got != tc.want {
				t.Errorf("%s%v: %v, want %v", tc.name, tc.args, got, tc.want)
			}
		}
		if n := read(t, c, "$RANDOM").Int64(); n < 0 || n > maxRandom {
			t.Errorf("$RANDOM is %d", n)
		}
	})
	if !strings.Contains(h.Log(), "abort called") {
		t.Error("abort was not logged")
	}
}

func read(t *testing.T, c *kemi.Ctx, name string) kemi.Value {
	t.Helper()
	v, err := c.Server.Registry.Var(name)
	if err != nil {
		t.Fatal(err)
	}
	return v.Get(c)
}

func TestCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "text\n")
	h := kemitest.Start(t, "modparam(\"cfgutils\", \"initial_gflags\", 5)\nmodparam(\"cfgutils\", \"hash_file\", \""+file+"\")\n", Module)
	check := func(method, params, want string) {
		t.Helper()
		got := h.RPC(`{"jsonrpc":"2.0","method":"cfgutils.` + method + `","params":` + params + `,"id":1}`)
		if !strings.Contains(got, want) {
			t.Errorf("%s %s: %s\nwant %s", method, params, got, want)
		}
	}
	check("get_gflags", "[]", "0x5 (5)")
	check("is_gflag", "[5]", "TRUE")
	check("is_gflag", "[7]", "FALSE")
	check("is_gflag", "[0]", "TRUE")
	check("is_gflag", "[]", "Invalid Parameters")
	check("set_gflag", "[2]", "result")
	check("reset_gflag", "[4]", "result")
	check("get_gflags", "[]", "0x3 (3)")
	check("rand_set_prob", "[101]", "Invalid Percent")
	check("rand_set_prob", "[]", "Invalid Parameters")
	check("rand_set_prob", "[20]", "result")
	check("rand_get_prob", "[]", "actual probability: 20 percent")
	check("rand_reset_prob", "[]", "result")
	check("rand_get_prob", "[]", "actual probability: 10 percent")
	check("get_config_hash", "[]", "e1cbb0c3879af8347246f12c559a86b5")
	check("check_config_hash", "[]", "Identical hash")
	write(t, file, "other\n")
	check("check_config_hash", "[]", "Different hash")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	check("check_config_hash", "[]", "Failed to hash the file")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutHashFile(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	if got := h.RPC(`{"jsonrpc":"2.0","method":"cfgutils.check_config_hash","id":1}`); !strings.Contains(got, "No hash file") {
		t.Error(got)
	}
}

func TestRefusedSettings(t *testing.T) {
	for text, want := range map[string]string{
		`modparam("cfgutils", "initial_probability", 101)`:       "from 0 to 100",
		`modparam("cfgutils", "hash_file", "/nonexistent/file")`: "hash_file",
	} {
		h, err := kemitest.New(t, text+"\n", Module)
		if err == nil {
			err = h.Server.Start()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
