package xlog

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

const request = "OPTIONS sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n" +
	"To: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nX: one\r\n two\r\nContent-Length: 0\r\n\r\n"

func TestRecords(t *testing.T) {
	for _, x := range []struct {
		params, name string
		args         []kemi.Value
		want         string
		code         int
	}{
		{"", "xinfo", []kemi.Value{kemi.Str("to $ru\n")}, "INFO: <script>: to sip:b@b.example\n", 1},
		{"", "xlog", []kemi.Value{kemi.Str("L_WARN"), kemi.Str("$rm")}, "WARNING: <script>: OPTIONS\n", 1},
		{"", "xlog", []kemi.Value{kemi.Str("warn"), kemi.Str("x")}, "ERROR: <script>: x\n", 1},
		{"", "xlog", []kemi.Value{kemi.Str(""), kemi.Str("x")}, "ERROR: <script>: x\n", 1},
		{"", "xlog_facility", []kemi.Value{kemi.Str("LOG_LOCAL3"), kemi.Str("L_DBG"), kemi.Str("x")}, "DEBUG: <script>: x\n", 1},
		{"", "xerr", []kemi.Value{kemi.Str("$nosuch")}, "$nosuch", -1},
		{"", "xcrit", []kemi.Value{kemi.Str("$hdr(X)")}, "CRITICAL: <script>: one\n\t two\n", 1},
		{`modparam("xlog", "prefix", "[x] ")`, "xalert", []kemi.Value{kemi.Str("y")}, "ALERT: [x] y\n", 1},
		{`modparam("xlog", "prefix", "[$rm] ")` + "\n" + `modparam("xlog", "prefix_mode", 1)`, "xnotice", []kemi.Value{kemi.Str("y")}, "NOTICE: [OPTIONS] y\n", 1},
		{`modparam("xlog", "buf_size", 4)`, "xerr", []kemi.Value{kemi.Str("123456")}, "<script>: 1234\n", 1},
	} {
		h := kemitest.Start(t, x.params+"\n", pv.Module, Module)
		h.Run(request, func(c *kemi.Ctx) {
			if got := h.Call(c, "xlog", x.name, x.args...).Int(); got != x.code {
				t.Errorf("%s%v is %d, want %d", x.name, x.args, got, x.code)
			}
		})
		if !strings.Contains(h.Log(), x.want) {
			t.Errorf("%s%v: %q is not in the log:\n%s", x.name, x.args, x.want, h.Log())
		}
	}
}

func TestLevelThatIsNotWritten(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Server.Log.SetThreshold(log.Warn)
	h.Run(request, func(c *kemi.Ctx) {
		if got := h.Call(c, "xlog", "xinfo", kemi.Str("$nosuch")).Int(); got != 1 {
			t.Errorf("it is %d", got)
		}
	})
}

func TestColors(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for name, want := range map[string]string{"$C(rx)": "\x1b[0;31;49m", "$C(xx)": "\x1b[0;39;49m", "$C(Gw)": "\x1b[1;32;47m"} {
		h.Run(request, func(c *kemi.Ctx) {
			if got := h.Registry.FindVar(name).Get(c).Text(); got != want {
				t.Errorf("%s is %q", name, got)
			}
		})
	}
	for _, name := range []string{"$C(zz)", "$C(r)", "$C(xR)", "$C(Xx)"} {
		if h.Registry.FindVar(name) != nil {
			t.Errorf("%s is a variable", name)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	h := kemitest.Start(b, "", pv.Module, Module)
	h.Server.Log.SetThreshold(log.Warn)
	for name, function := range map[string]string{"written": "xerr", "not written": "xinfo"} {
		b.Run(name, func(b *testing.B) {
			h.Run(request, func(c *kemi.Ctx) {
				f, a := h.Registry.Function("xlog", function), kemi.MakeArgs(kemi.Str("$rm from $fu\n"))
				b.ReportAllocs()
				for b.Loop() {
					f.Call(c, a)
				}
			})
		})
	}
}
