package lua

import (
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/kemi"
)

// fuzzState is a state for calling library functions from Go.
func fuzzState(f *testing.F) *state {
	h := newHost(f, shortLimits, Options{})
	h.e.host.Limits = kemi.ScriptLimits{Time: shortLimits.Time, Memory: 1 << 20, States: 1}
	h.load("")
	return h.e.current.Load().shards[0].free[0]
}

// call calls a library function; an error of Lua is fine, a panic of Go is not.
func (s *state) lib(t *testing.T, library, name string, args ...string) {
	s.begin(shortLimits.Time)
	s.L.Push(s.library(library).RawGetString(name))
	for _, arg := range args {
		s.L.Push(glua.LString(arg))
	}
	if api, ok := s.L.PCall(len(args), 0, nil).(*glua.ApiError); ok && api.Type == glua.ApiErrorPanic {
		t.Errorf("%s.%s(%q): %v", library, name, args, api)
	}
}

func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{{"key=value", "(%w+)=(%w+)"}, {"f(a(b)c)", "%b()"}, {"THE fox", "%f[%a]%a+"}, {"abcabc", "(abc)%1"}, {"x", "[^%]-a]"}, {"", "()"}, {"a", "[a"}, {"a", "%"}} {
		f.Add(seed[0], seed[1])
	}
	s := fuzzState(f)
	f.Fuzz(func(t *testing.T, text, pattern string) {
		s.lib(t, "string", "find", text, pattern)
		s.lib(t, "string", "gsub", text, pattern, "%0%1")
	})
}

func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"%5.2f", "%q", "%-10s|", "%#x", "%+ 05d", "%", "%99d", "%c%%"} {
		f.Add(seed, "12")
	}
	s := fuzzState(f)
	f.Fuzz(func(t *testing.T, format, arg string) {
		s.lib(t, "string", "format", format, arg, arg)
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"x = 1", "return f(1)", "p, q = f(), 1 .. 2", "for i = 1, 2 do goto x ::x:: end", "KSR.info('x') if KSR.pv then end", strings.Repeat("(", 50)} {
		f.Add(seed)
	}
	s := fuzzState(f)
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 1000 {
			return
		}
		c := newChecker(s.engine)
		c.take("fuzz", code)
		c.all()
	})
}
