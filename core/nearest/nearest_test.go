package nearest

import (
	"slices"
	"testing"
)

func TestWord(t *testing.T) {
	known := slices.Values([]string{"loadmodule", "modparam", "listen", "tm", "tmx", "sl"})
	cases := []struct{ word, want string }{
		{"loadmodul", "loadmodule"}, {"LISTEN", "listen"}, {"lsiten", "listen"}, {"tmm", "tm"}, {"kamailio", ""}, {"x", ""}, {"", ""},
	}
	for _, c := range cases {
		if got := Word(c.word, known); got != c.want {
			t.Errorf("%q: got %q, want %q", c.word, got, c.want)
		}
	}
}
