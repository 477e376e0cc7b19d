package log

import (
	"strings"
	"testing"
)

func TestModuleThresholds(t *testing.T) {
	var out strings.Builder
	l := New(&out, Warn, false)
	if l.Enabled(Debug) {
		t.Error("debug records are built though nobody writes them")
	}
	l.SetModuleThreshold("tm", Debug)
	l.SetModuleThreshold("sl", Err)
	l.Write(Debug, "tm", "one")
	l.Write(Debug, "rr", "two")
	l.Write(Warn, "sl", "three")
	l.Write(Warn, "rr", "four")
	if got := out.String(); !strings.Contains(got, "one") || strings.Contains(got, "two") || strings.Contains(got, "three") || !strings.Contains(got, "four") {
		t.Errorf("the log has\n%s", got)
	}
	if !l.Enabled(Debug) || l.ModuleThreshold("tm") != Debug || l.ModuleThreshold("rr") != Warn {
		t.Error("the thresholds are wrong")
	}
}
