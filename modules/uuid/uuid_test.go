package uuid

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

const (
	version1 = `^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f][13579bdf][0-9a-f]{10}$`
	version4 = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
)

func TestTimeFields(t *testing.T) {
	var x times
	copy(x.tail[:], "\xb3\xc8\x9f\x6b\xde\xce\xd8\x46")
	// The example of RFC 9562 appendix A.1.
	when := time.Date(2022, 2, 22, 19, 22, 22, 0, time.UTC)
	if got := x.next(when).String(); got != "c232ab00-9414-11ec-b3c8-9f6bdeced846" {
		t.Errorf("it is %s", got)
	}
	if got := x.next(when.Add(-time.Hour)).String(); got != "c232ab01-9414-11ec-b3c8-9f6bdeced846" {
		t.Errorf("after the clock went back it is %s", got)
	}
}

func TestKinds(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	s := h.Registry.Module("uuid").State.(*state)
	s.clockFile = filepath.Join(t.TempDir(), "clock.txt")
	check := func(c *kemi.Ctx, call, want string) {
		t.Helper()
		seen := map[string]bool{}
		for range 3 {
			got := read(t, h, c, call)
			if !regexp.MustCompile(want).MatchString(got) || want != "^$" && seen[got] {
				t.Errorf("%s is %q", call, got)
			}
			seen[got] = true
		}
	}
	h.Run("", func(c *kemi.Ctx) {
		for call, want := range map[string]string{
			"get": version4, "rget": version4, "tget": "^$", "$uuid(g)": version4, "$uuid(r)": version4,
			"$uuid(t)": version1, "$uuid(s)": "^$", "$uuid(x)": version4,
		} {
			check(c, call, want)
		}
		if err := os.WriteFile(s.clockFile, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		check(c, "tget", version1)
		check(c, "$uuid(s)", version1)
	})
}

func read(t *testing.T, h *kemitest.Host, c *kemi.Ctx, call string) string {
	t.Helper()
	if call[0] != '$' {
		return h.Call(c, "uuid", call).Text()
	}
	v, err := h.Registry.Var(call)
	if err != nil {
		t.Fatal(err)
	}
	return v.Get(c).Text()
}

func BenchmarkRandom(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = random(rand.Reader).String()
	}
}
