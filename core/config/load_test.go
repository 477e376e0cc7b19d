package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// load reads a text as if it were a file.
func load(t *testing.T, text string, defines ...string) *Config {
	t.Helper()
	cfg, err := loadText(text, defines...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func loadText(text string, defines ...string) (*Config, error) {
	return Load("test.cfg", Options{Defines: defines, ReadFile: func(path string) ([]byte, error) {
		if path != "test.cfg" {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}})
}

func TestLastAssignmentWins(t *testing.T) {
	cfg := load(t, "debug=1\ndebug=2\ndns_rev_via=yes\nlog_name=\"a\"\nchildren=0\nfoo.bar=7")
	if got := cfg.Int("debug", 9); got != 2 {
		t.Errorf("debug is %d", got)
	}
	if !cfg.Bool("rev_dns", false) || !cfg.Bool("dns_rev_via", false) {
		t.Error("rev_dns is not found by both of its names")
	}
	if cfg.Bool("children", true) {
		t.Error("children=0 is true")
	}
	if got := cfg.Str("log_name", ""); got != "a" {
		t.Errorf("log_name is %q", got)
	}
	if got := cfg.Int("foo.bar", 0); got != 7 {
		t.Errorf("foo.bar is %d", got)
	}
	if cfg.Int("log_name", 3) != 3 || cfg.Str("debug", "x") != "x" || cfg.Int("fork", 4) != 4 {
		t.Error("a value of the other kind, or none, does not give the default")
	}
}

func TestPort(t *testing.T) {
	cfg := load(t, "listen=127.0.0.1\nport=5080")
	if cfg.Port("udp") != 5080 || cfg.Port("tls") != 5061 {
		t.Errorf("ports are %d and %d", cfg.Port("udp"), cfg.Port("tls"))
	}
}

func TestParamMatches(t *testing.T) {
	cfg := load(t, `modparam("nathelper|registrar", "x", 1) modparam("tm", "y", 1) modparam("p.*", "z", 1)`)
	tests := []struct {
		param  int
		module string
		want   bool
	}{
		{0, "nathelper", true}, {0, "REGISTRAR", true}, {0, "registrar2", false}, {0, "tm", false},
		{1, "TM", true}, {1, "tmx", false}, {2, "pv", true}, {2, "xp", false},
	}
	for _, test := range tests {
		if got := cfg.Params[test.param].Matches(test.module); got != test.want {
			t.Errorf("%s matches %s: %v", cfg.Params[test.param].Module, test.module, got)
		}
	}
}

func TestParseListen(t *testing.T) {
	tests := []struct {
		text string
		want Listen
	}{
		{"udp:127.0.0.1:5080", Listen{Proto: "udp", Host: "127.0.0.1", Port: 5080}},
		{"lo:5062", Listen{Host: "lo", Port: 5062}},
		{"tcp:[::1]", Listen{Proto: "tcp", Host: "::1"}},
		{"udp:127.0.0.1:5080/1.2.3.4:5060", Listen{Proto: "udp", Host: "127.0.0.1", Port: 5080, AdvertiseHost: "1.2.3.4", AdvertisePort: 5060}},
	}
	for _, test := range tests {
		got, err := ParseListen(test.text)
		got.Pos = Pos{}
		if err != nil || got != test.want {
			t.Errorf("%s gives %+v, %v", test.text, got, err)
		}
	}
	for _, bad := range []string{"", "udp:", "foo:127.0.0.1", "127.0.0.1:x", "127.0.0.1 x", "1.2.3.4:5060/"} {
		if got, err := ParseListen(bad); err == nil {
			t.Errorf("%q gives %+v", bad, got)
		}
	}
}

func TestDiagnosticShowsTheLine(t *testing.T) {
	cfg := load(t, "debug=1\n\tmodparam(\"tm\", \"fr_tymer\", 1)\n")
	d := cfg.Diagnostic(cfg.Params[0].NamePos, "unknown parameter", "did you mean fr_timer?")
	want := "test.cfg:2:17: unknown parameter\n\t\tmodparam(\"tm\", \"fr_tymer\", 1)\n\t\t               ^\n\thint: did you mean fr_timer?"
	if d.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", d.Error(), want)
	}
}

func TestErrorsAreFound(t *testing.T) {
	_, err := loadText("nope=1\nneither=2")
	var list Errors
	var first Diagnostic
	if !errors.As(err, &list) || len(list) != 2 || !errors.As(err, &first) || first.Line != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := Load("/no/such/file", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestWindowsLinesAndMark(t *testing.T) {
	cfg := load(t, "\ufeffdebug=1\r\n#!define A 5\r\nchildren=A\r\n#!ifdef A\r\nuser=\"x\"\r\n#!endif\r\n")
	if cfg.Int("children", 0) != 5 || cfg.Str("user", "") != "x" || cfg.Defines["A"] != "5" {
		t.Errorf("got %+v", cfg)
	}
}

// TestBounds feeds what would grow without end.
func TestBounds(t *testing.T) {
	doubling := "#!define A0 1\n"
	for i := range 30 {
		n, m := string(rune('A'+i/10))+string(rune('0'+i%10)), string(rune('A'+(i+1)/10))+string(rune('0'+(i+1)%10))
		doubling += "#!define " + m + " " + n + " " + n + "\n"
	}
	tests := map[string]string{
		"defines that double":  doubling + "alias=D0\n",
		"strings that grow":    strings.Repeat("#!subst \"!x!xxxxxxxxxxxxxxxx!g\"\n", 8) + `user="x"`,
		"brackets":             "#!ifexp " + strings.Repeat("(", 100000) + "\n#!endif",
		"signs":                "#!ifexp " + strings.Repeat("!", 100000) + "1\n#!endif",
		"conditions":           strings.Repeat("#!ifdef A\n", 10000),
		"a line of directives": "#!ifdef A\n" + strings.Repeat("#!else x ", 100000),
		"open strings":         strings.Repeat("user=\"\n'", 10000),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := loadText(text); err == nil {
				t.Error("no error")
			}
		})
	}
}

// TestDebianExample loads the configuration that Debian's kamailio package brings along.
func TestDebianExample(t *testing.T) {
	const file = "/usr/share/doc/kamailio/examples/kemi/kamailio-basic-kemi.cfg"
	if _, err := os.Stat(file); err != nil {
		t.Skipf("left out: %s is not on this machine; the package kamailio of Debian brings it (tests/install-peers as root)", file)
	}
	cfg, err := Load(file, Options{Defines: []string{"WITH_CFGLUA"}})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Engine != "lua" || len(cfg.Modules) != 28 || len(cfg.Params) != 44 || len(cfg.Warnings) != 0 {
		t.Errorf("engine %q, %d modules, %d parameters, warnings %v", cfg.Engine, len(cfg.Modules), len(cfg.Params), cfg.Warnings)
	}
	if got := cfg.Str("log_prefix", ""); got != "LUA {$rm}: " {
		t.Errorf("log_prefix is %q", got)
	}
	_, err = Load(file, Options{})
	if err == nil || !strings.Contains(err.Error(), `cfgengine "native" is not supported`) {
		t.Errorf("without WITH_CFGLUA: %v", err)
	}
}

// FuzzLoad checks that any text ends, without a panic, in a configuration or an error.
func FuzzLoad(f *testing.F) {
	for _, seed := range fuzzSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := func(string) ([]byte, error) { return []byte(text), nil }
		cfg, err := Load("fuzz.cfg", Options{Defines: []string{"WITH_FUZZ=1"}, ReadFile: files, Env: caseEnv})
		if (cfg == nil) == (err == nil) {
			t.Fatalf("configuration %v with error %v", cfg, err)
		}
		if err != nil {
			_ = err.Error()
		}
	})
}

func fuzzSeeds(f *testing.F) (list []string) {
	entries, err := os.ReadDir("testdata/cases")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".cfg") {
			continue
		}
		text, err := os.ReadFile("testdata/cases/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, string(text))
	}
	return list
}
