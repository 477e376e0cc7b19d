package luatest

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/config"
)

// settings are what a test asks of its server: t.server{…}.
type settings struct {
	config  string // path of the configuration file
	script  string // path of a script that runs without one
	text    string // or the text of a configuration
	defines []string
	listen  []string
	debug   int
	loud    bool // debug is set
	seed    uint64
	start   time.Time
	sql     []string
	shared  bool
}

// serverAt is where the server listens if the configuration names no address that can be used here.
var serverAt = netip.MustParseAddr("192.0.2.1")

// usual is the instant at which the worlds begin, unless a test says otherwise.
var usual = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// load reads the configuration, and puts addresses of the network in memory into it.
func (s *settings) load(stock string) (*config.Config, error) {
	o := config.Options{Defines: s.defines}
	path := s.config
	if path == "" {
		text := s.text
		if text == "" {
			text = withScript(stock, s.script)
		}
		path = filepath.Join(filepath.Dir(s.script), "test.cfg")
		o.ReadFile = func(name string) ([]byte, error) {
			if name == path {
				return []byte(text), nil
			}
			return os.ReadFile(name)
		}
	}
	cfg, err := config.Load(path, o)
	if err != nil {
		return nil, err
	}
	findScripts(cfg, filepath.Dir(path))
	return cfg, s.place(cfg)
}

// findScripts looks for scripts with a relative name beside the configuration too: tests are
// started in any folder.
func findScripts(cfg *config.Config, dir string) {
	for i := range cfg.Params {
		p := &cfg.Params[i]
		if p.Name != "load" || !p.Matches("app_lua") || filepath.IsAbs(p.Value.Str) {
			continue
		}
		if beside := filepath.Join(dir, p.Value.Str); isFile(beside) {
			p.Value.Str = beside
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// withScript writes a script's place into the configuration that scripts have which come alone.
func withScript(stock, script string) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	return strings.NewReplacer("@SCRIPT@", quote.Replace(script), "@DIR@", quote.Replace(filepath.Dir(script))).Replace(stock)
}

// place sets the sockets.
func (s *settings) place(cfg *config.Config) error {
	if len(s.listen) > 0 {
		cfg.Listens = nil
	}
	for _, text := range s.listen {
		l, err := config.ParseListen(text)
		if err != nil {
			return err
		}
		cfg.Listens = append(cfg.Listens, l)
	}
	if len(cfg.Listens) == 0 {
		cfg.Listens = []config.Listen{{}}
	}
	for i := range cfg.Listens {
		l := &cfg.Listens[i]
		if addr, err := netip.ParseAddr(strings.Trim(l.Host, "[]")); err != nil || addr.IsUnspecified() {
			l.Host = serverAt.String()
		}
	}
	return nil
}
