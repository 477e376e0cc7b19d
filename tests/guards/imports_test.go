// Package guards holds tests that guard the shape of the tree: which room may know which.
package guards

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/moonroute/moonroute/"

// rule says what the packages below a folder may import of this module, and why.
type rule struct {
	folder string
	may    []string // folders below which imports are allowed; the folder itself always is
	why    string
}

// rules go from the most special folder to the most general one; the first that fits counts.
var rules = []rule{
	{"core/flow", nil, "addresses are the vocabulary of all rooms"},
	{"core/clock", nil, "time is handed in from below everything"},
	{"core/log", nil, "everybody logs, so the log knows nobody"},
	{"core/notify", nil, "the service manager hears states, not SIP"},
	{"core/privilege", nil, "rights are the process's, whatever it serves"},
	{"core/freeport", nil, "ports for the tests of all rooms"},
	{"core/nearest", nil, "hints are about words"},
	{"core/hash", nil, "buckets are numbers of texts"},
	{"core/config", []string{"core/nearest"}, "the file is read without knowing what the names in it mean"},
	{"core/watch", nil, "files change without anybody knowing what is in them"},
	{"core/rpc", nil, "commands and carriers know no SIP"},
	{"core/stat", nil, "counters know nobody"},
	{"core/load", nil, "how busy a line of work is does not depend on what it works at"},
	{"core/keylock", nil, "locks know owners, not messages: standard library only"},
	{"core/limit", []string{"core/rpc"}, "limits count, and know no messages"},
	{"core/db", []string{"core/clock", "core/log", "core/nearest", "core/freeport"}, "rows know no messages"},
	{"core/account", []string{"core/db"}, "accounts are rows of the database"},
	{"core/sip", nil, "messages are text: standard library only"},
	{"core/blocklist", []string{"core/flow", "core/clock"}, "what is left out is a list of addresses: it knows no messages"},
	{"core/pcre", nil, "patterns are about texts"},
	{"core/sdp", []string{"core/sip"}, "session descriptions are parts of a message's text"},
	{"core/resolve/nsdtest", []string{"core/freeport"}, "a server of others is run for the tests of all rooms"},
	{"core/resolve", []string{"core/flow", "core/clock"}, "names become addresses without a message in hand"},
	{"core/shard", []string{"core/clock", "core/load"}, "ordered execution knows jobs, not messages"},
	{"core/ws", nil, "frames are bytes: they know neither connections nor what they carry"},
	{"core/transport", []string{"core/flow", "core/clock", "core/load", "core/sip", "core/log", "core/ws"}, "transports carry messages and do not route them"},
	{"core/msrp", []string{"core/flow", "core/clock", "core/transport"}, "frames are relayed without knowing who decides about them"},
	{"core/route", []string{"core/flow", "core/sip"}, "the message in hand knows neither transactions nor scripts"},
	{"core/web", []string{"core/flow", "core/sip", "core/route"}, "requests of HTTP are shown and answered without knowing who decides about them"},
	{"core/digest", []string{"core/flow", "core/clock", "core/sip", "core/route"}, "credentials are checked without knowing where passwords are kept"},
	{"core/httpclient", []string{"core/digest", "core/sip"}, "requests of HTTP know no messages; credentials are made as those of SIP are"},
	{"core/location", []string{"core/flow", "core/clock", "core/sip", "core/db"}, "bindings are data"},
	{"core/tm", []string{"core/flow", "core/clock", "core/sip", "core/route", "core/log", "core/stat", "core/blocklist"}, "transactions declare what they need of transports and scripts as interfaces"},
	{"core", []string{"core"}, "core knows no KSR and no Lua: a library user may take it without them"},
	{"kemi", []string{"core"}, "the host knows no module and no scripting language"},
	{"lua/libs", []string{"core", "kemi"}, "libraries know the engine by what they need of it"},
	{"lua", []string{"core", "kemi"}, "the engine binds what the registry offers and knows no module"},
	{"modules", []string{"core", "kemi"}, "a module can be left out, so no other module may need it: what two share belongs in core"},
	{"luatest", []string{"core", "kemi", "lua"}, "tests of scripts run whole servers, of whichever modules the build has"},
	{"cmd", []string{""}, "wiring knows everybody"},
	{"examples", []string{""}, "examples show everything"},
	{"tests", []string{""}, "tests see everything"},
}

// external says which folders may import a module of others, where that is a matter of shape.
var external = map[string]struct {
	folders []string
	why     string
}{
	"github.com/yuin/gopher-lua":              {[]string{"lua", "luatest", "examples", "tests"}, "only the engine and the tests of scripts know the language"},
	"layeh.com/gopher-luar":                   {[]string{"lua", "examples", "tests"}, "only the engine knows the language"},
	"github.com/spf13/cobra":                  {[]string{"cmd"}, "the command line is cmd's"},
	"github.com/rs/zerolog":                   {[]string{"core/log", "core/transport", "tests"}, "records go through core/log"},
	"github.com/dlclark/regexp2":              {[]string{"core/pcre"}, "its patterns are not quite those of PCRE: pcre makes up for it"},
	"github.com/go-sql-driver/mysql":          {[]string{"core/db"}, "statements go through core/db"},
	"modernc.org/sqlite":                      {[]string{"core/db"}, "statements go through core/db"},
	"github.com/fsnotify/fsnotify":            {[]string{"core/watch"}, "changes of files go through core/watch"},
	"github.com/gomodule/redigo/redis":        {[]string{"lua/libs"}, "scripts alone talk to Redis"},
	"github.com/gobwas/ws":                    {[]string{"core/ws", "tests"}, "frames go through core/ws"},
	"github.com/coreos/go-systemd/v22/daemon": {[]string{"core/notify"}, "the service manager is told through core/notify"},
	"github.com/miekg/dns":                    {[]string{"core/resolve", "tests"}, "lookups go through core/resolve"},
}

func TestImportsRunOneWay(t *testing.T) {
	for file, imports := range goFiles(t) {
		if filepath.Base(file) == "example_test.go" {
			continue // documentation: it shows a whole program, from outside its package
		}
		dir := filepath.ToSlash(filepath.Dir(file))
		for _, path := range imports {
			if inner, ok := strings.CutPrefix(path, module); ok {
				checkInner(t, file, dir, inner)
			}
			checkExternal(t, file, dir, path)
		}
	}
}

func checkInner(t *testing.T, file, dir, inner string) {
	r, ok := ruleFor(dir)
	if !ok {
		t.Errorf("%s: the folder has no rule: add one to tests/guards, with its reason", file)
		return
	}
	if below(inner, r.folder) && r.folder != "modules" || inner == dir || dir == "modules" {
		return
	}
	if strings.HasSuffix(file, "_test.go") && forTests(dir, inner) {
		return
	}
	if below(inner, "modules/"+moduleName(dir)) {
		return
	}
	if !slices.ContainsFunc(r.may, func(f string) bool { return below(inner, f) }) {
		t.Errorf("%s imports %s: not allowed below %s, because %s", file, inner, r.folder, r.why)
	}
}

// forTests tells what a test may import beyond its package: ports, the host for module tests, and in a
// module's test the modules that a script uses together with it.
func forTests(dir, inner string) bool {
	return inner == "core/freeport" || inner == "kemi/kemitest" || below(dir, "modules") && below(inner, "modules")
}

func checkExternal(t *testing.T, file, dir, path string) {
	x, ok := external[path]
	if ok && !slices.ContainsFunc(x.folders, func(f string) bool { return below(dir, f) }) {
		t.Errorf("%s imports %s: only %v may, because %s", file, path, x.folders, x.why)
	}
}

func ruleFor(dir string) (rule, bool) {
	for _, r := range rules {
		if below(dir, r.folder) {
			return r, true
		}
	}
	return rule{}, false
}

// moduleName is the module whose folder dir is in, or a name that no module has.
func moduleName(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) < 2 || parts[0] != "modules" {
		return "-"
	}
	return parts[1]
}

func below(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

// goFiles gives the imports of every Go file of the tree.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	root := filepath.Join("..", "..")
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		list := []string{}
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			list = append(list, name)
		}
		files[path] = list
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
