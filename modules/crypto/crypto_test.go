package crypto

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

func started(t testing.TB, s state) *state {
	t.Helper()
	if err := s.Start(nil); err != nil {
		t.Fatal(err)
	}
	return &s
}

// TestSameBytes compares with what the incumbent makes.
func TestSameBytes(t *testing.T) {
	cases := []struct {
		salt, text, key, want string
	}{
		{"paritysa", "plain text", "secretkey", "jjlU1gJidBaVRyIrHjoi1Q=="},
		{"paritysatoolong", "plain text", "secretkey", "jjlU1gJidBaVRyIrHjoi1Q=="},
		{"paritysa", "", "secretkey", "SVw6XWMl5tMGL0JWvOzivA=="},
		{"paritysa", "plain text", "", "+uGEX31lceFEaJijPSaGqw=="},
		{"paritysa", "hello world", strings.Repeat("key", 200), "kOZW9V8vCQpVxwqWRbDgqQ=="},
		{"paritysa", "exactly 16 bytes", "k", "lWRp/iMWfYjCHT/htpT+cIpUIfXKt8LNIEd3OjorAE4="},
		{"paritysa", strings.Repeat("x", 40), "secretkey", "jj3pIU46eMQ5x4aSk4bSJ1lrdnqwka7oeUEiDrr4gYgNjj9KKpVWgcnKrYOJChPl"},
		{"", "plain text", "secretkey", "2g/Y4HFsmhEoHSl/TzxQoA=="},
		{"", "hello world", "secretkey", "HsfN8AnbUEH7dht6GaawUQ=="},
	}
	for _, tc := range cases {
		s := started(t, state{saltText: tc.salt, derive: 1})
		sealed, err := s.seal(tc.text, tc.key)
		if got := base64.StdEncoding.EncodeToString(sealed); err != nil || got != tc.want {
			t.Errorf("%q with %q: %s, %v; want %s", tc.text, tc.key, got, err, tc.want)
		}
		if back, err := s.open(tc.want, tc.key); err != nil || back != tc.text {
			t.Errorf("%s with %q opens as %q, %v", tc.want, tc.key, back, err)
		}
	}
}

func TestGivenKey(t *testing.T) {
	const vector = "MTIzNDU2Nzg5MTIzNDU2Nw=="
	cases := map[string]string{
		"MDEyMzQ1Njc4OWFiY2RlZg==":                     "MTIzNDU2Nzg5MTIzNDU2N5Lkn/XKNJ4eJlNU0iiibrI=",
		"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=": "MTIzNDU2Nzg5MTIzNDU2NxQPmiEXHMqLS25EdAPQeuY=",
	}
	fixed, random := started(t, state{vectorText: vector}), started(t, state{})
	for key, want := range cases {
		sealed, err := fixed.seal("hello world", key)
		if got := base64.StdEncoding.EncodeToString(sealed); err != nil || got != want {
			t.Errorf("with %s: %s, %v; want %s", key, got, err, want)
		}
		one, _ := random.seal("hello world", key)
		two, _ := random.seal("hello world", key)
		if bytes.Equal(one, two) {
			t.Error("two texts have one vector")
		}
		if back, err := fixed.open(base64.StdEncoding.EncodeToString(one), key); err != nil || back != "hello world" {
			t.Errorf("opens as %q, %v", back, err)
		}
	}
	for _, key := range []string{"", "secretkey", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"} {
		if _, err := fixed.seal("a", key); err == nil {
			t.Errorf("the key %q was taken", key)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	s := started(t, state{saltText: "paritysa", derive: 1})
	for _, text := range []string{
		"", "@@@", "YWJj", "jjlU1gJidBaVRyIrHjoi1Q", " jjlU1gJidBaVRyIrHjoi1Q==", "jjlU1gJidBaV\r\nRyIrHjoi1Q==",
		"jjlU1gJidBaVRyIrHjoi1Q==jjlU1gJidBaVRyIrHjoi1Q==", "SVw6XWMl5tMGL0JWvOzivQ==",
	} {
		if got, err := s.open(text, "secretkey"); err == nil {
			t.Errorf("%q opens as %q", text, got)
		}
	}
}

func TestMixSalt(t *testing.T) {
	for text, want := range map[string][]byte{
		"AAAAAAAA": {139, 104, 106, 220, 239, 81, 83, 182},
		"ABCDEFGH": {139, 111, 148, 192, 99, 163, 9, 75},
		"paritysa": {213, 40, 193, 165, 11, 159, 29, 175},
	} {
		if got := mixSalt(text); !bytes.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestSign(t *testing.T) {
	for text, want := range map[string]string{
		"plain text": "DzeQYD8rGWkl2mZ1cXEuBbhhvfTK5yhVEPZziE9AZzk",
		"":           "DsL74C6nw-tt1zwS6yz_yQYSgN_INlzc-lJBxuPZyac",
	} {
		if got := base64.RawURLEncoding.EncodeToString(sign(text, "secretkey")); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	for _, s := range []state{{saltText: "short"}, {netio: 1}, {vectorText: "YWJj"}, {vectorText: "@"}} {
		if err := s.Start(nil); err == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
}

// FuzzOpen checks that no text breaks the decryption, and that what was encrypted opens again.
func FuzzOpen(f *testing.F) {
	f.Add("jjlU1gJidBaVRyIrHjoi1Q==", "secretkey")
	f.Fuzz(func(t *testing.T, text, key string) {
		for _, s := range []*state{{saltText: "paritysa", derive: 1}, {derive: 1}} {
			if err := s.Start(nil); err != nil {
				t.Fatal(err)
			}
			_, _ = s.open(text, key)
			sealed, err := s.seal(text, key)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := s.open(base64.StdEncoding.EncodeToString(sealed), key); err != nil || back != text {
				t.Fatalf("%q opens as %q, %v", text, back, err)
			}
		}
	})
}
