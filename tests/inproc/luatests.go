package inproc

import (
	"testing"
	"time"

	"github.com/moonroute/moonroute/luatest"
	"github.com/moonroute/moonroute/modules"
)

// LuaTests runs tests that are written in Lua, each case as a test.
func LuaTests(t *testing.T, o luatest.Options) *luatest.Report {
	t.Helper()
	o.Modules, o.Always, o.Version, o.Timeout = modules.All(), modules.Always(), "test", time.Minute // a machine may be busy
	report, err := luatest.Run(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range report.Results {
		t.Run(x.Name, func(t *testing.T) {
			switch x.Outcome {
			case luatest.Failed:
				t.Errorf("%s: %s\n%s", x.Where, x.Reason, x.Detail)
			case luatest.Skipped:
				t.Skip(x.Reason)
			}
		})
	}
	return report
}
