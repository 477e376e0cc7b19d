package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/account"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

func TestParseName(t *testing.T) {
	for _, c := range []struct{ text, domain, want, err string }{
		{"alice@example.com", "", "alice@example.com", ""},
		{"sip:alice@Example.COM", "", "alice@example.com", ""},
		{"alice", "example.com", "alice@example.com", ""},
		{"+49-30_1.2~x", "[2001:db8::1]", "+49-30_1.2~x@[2001:db8::1]", ""},
		{"alice", "", "", "SIP_DOMAIN"},
		{"", "example.com", "", "no user"},
		{"@example.com", "", "", "no user"},
		{"al ice@example.com", "", "", "no user"},
		{"al:ice@example.com", "", "", "no user"},
		{"alice@exa mple", "", "", "no domain"},
		{"alice@example.com:5060", "", "", "without a port"},
		{"alice@[::1", "", "", "no domain"},
		{"alice@bob@example.com", "", "", "no domain"},
		{strings.Repeat("a", 65) + "@example.com", "", "", "too long"},
	} {
		n, err := account.ParseName(c.text, c.domain)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q: %v, want %q", c.text, err, c.err)
			}
		} else if err != nil || n.String() != c.want {
			t.Errorf("%q is %q, %v, want %q", c.text, n, err, c.want)
		}
	}
}

var alice = account.Name{User: "alice", Domain: "example.com"}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		password, algorithm string
		plain               bool
		want                account.Credentials
		err                 string
	}{
		// kamctl writes the same.
		{"s3cret", "", true, account.Credentials{Password: "s3cret", HA1: "d2d0c8958e1b1c2b989afda0efb9663e", HA1B: "bd29b5fa6d5950d315d827af71f63c91"}, ""},
		{"s3cret", "MD5", false, account.Credentials{HA1: "d2d0c8958e1b1c2b989afda0efb9663e", HA1B: "bd29b5fa6d5950d315d827af71f63c91"}, ""},
		{password: "", err: "empty"},
		{password: "a\nb", err: "one line"},
		{password: strings.Repeat("x", 65), plain: true, err: "--hash-only"},
		{password: "x", algorithm: "SHA-1", err: "MD5 and SHA-256"},
	} {
		got, err := account.NewCredentials(alice, c.password, c.algorithm, c.plain)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q %s: %+v, %v", c.password, c.algorithm, got, err)
		}
	}
	long, err := account.NewCredentials(alice, "s3cret", "sha-256", false)
	if err != nil || len(long.HA1) != 64 || len(long.HA1B) != 64 || long.HA1 == long.HA1B {
		t.Errorf("SHA-256: %+v, %v", long, err)
	}
}

func TestUsers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, ctx := store(t, url)
		c, err := account.NewCredentials(alice, "s3cret", "", true)
		bob := account.Name{User: "b_b", Domain: "example.com"}
		must(t, err, s.Add(ctx, alice, c), s.Add(ctx, bob, account.Credentials{HA1: c.HA1}))
		must(t, s.Add(ctx, account.Name{User: "bob", Domain: "example.org"}, c))
		is(t, s.Add(ctx, alice, c), account.ErrExists)
		is(t, s.SetCredentials(account.Name{User: "carol", Domain: "x"}, c), account.ErrMissing)
		for pattern, want := range map[string]string{
			"": "alice@example.com b_b@example.com bob@example.org", "*@example.com": "alice@example.com b_b@example.com",
			"b_b": "b_b@example.com", "b*": "b_b@example.com bob@example.org", "alice@example.com": "alice@example.com", "x": "",
		} {
			var names []string
			must(t, s.Users(ctx, pattern, func(u account.User) error {
				names = append(names, u.String())
				return nil
			}))
			slices.Sort(names) // databases differ in their order of letters
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%q gives %s, want %s", pattern, got, want)
			}
		}
		u, err := s.User(ctx, bob)
		if err != nil || u.Plain || !u.HA1 {
			t.Errorf("%+v, %v", u, err)
		}
		must(t, s.SetCredentials(bob, c))
		if u, err = s.User(ctx, bob); err != nil || !u.Plain {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

func TestGroupsAndAliasesGoWithTheirUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, ctx := store(t, url)
		other, bob := account.Name{User: "1234", Domain: "example.com"}, account.Name{User: "bob", Domain: "example.com"}
		must(t, s.Add(ctx, alice, account.Credentials{HA1: "x"}), s.Add(ctx, bob, account.Credentials{HA1: "x"}))
		must(t, s.Grant(alice, "local", "int"), s.Grant(alice, "int"), s.Grant(bob, "local"))
		if err := s.Grant(alice, "no group"); err == nil {
			t.Error("a wrong group was taken")
		}
		must(t, s.AddAlias(ctx, account.Alias{Alias: other, Target: alice}, false))
		is(t, s.AddAlias(ctx, account.Alias{Alias: other, Target: bob}, false), account.ErrExists)
		is(t, s.AddAlias(ctx, account.Alias{Alias: bob, Target: alice}, false), account.ErrExists)
		must(t, s.AddAlias(ctx, account.Alias{Alias: other, Target: bob}, true))
		is(t, s.AddAlias(ctx, account.Alias{Alias: other, Target: bob}, true), account.ErrExists)
		is(t, s.Add(ctx, other, account.Credentials{}), account.ErrExists)

		if got := rows(t, s); got != "1234=alice 1234=bob alice:int alice:local bob:local" {
			t.Error(got)
		}
		must(t, s.Revoke(alice, "int"))
		is(t, s.Revoke(alice, "int"), account.ErrMissing)
		must(t, s.Remove(ctx, alice))
		is(t, s.Remove(ctx, alice), account.ErrMissing)
		if got := rows(t, s); got != "1234=bob bob:local" {
			t.Error(got)
		}
		must(t, s.Revoke(bob), s.RemoveAlias(other))
		is(t, s.RemoveAlias(other), account.ErrMissing)
		if got := rows(t, s); got != "" {
			t.Error(got)
		}
	})
}

// rows are the memberships and the aliases.
func rows(t *testing.T, s account.Store) string {
	t.Helper()
	var list []string
	must(t, s.Members(context.Background(), nil, func(m account.Member) error {
		list = append(list, m.User+":"+m.Group)
		return nil
	}), s.Aliases(context.Background(), nil, func(a account.Alias) error {
		list = append(list, a.Alias.User+"="+a.Target.User)
		return nil
	}))
	slices.Sort(list)
	return strings.Join(list, " ")
}

func store(t *testing.T, url string) (account.Store, context.Context) {
	return account.Store{DB: dbtest.Tables(t, url, account.Tables()...), Now: time.Now}, context.Background()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want one that %v", err, want)
	}
}

// TestSignsOfPatterns has users whose names hold what the databases take for patterns.
func TestSignsOfPatterns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		s, ctx := store(t, url)
		star, digit := account.Name{User: "*97", Domain: "h"}, account.Name{User: "197", Domain: "h"}
		for _, n := range []account.Name{star, digit, {User: "a_b!c", Domain: "h"}, {User: "axb!c", Domain: "h"}, {User: "100%", Domain: "h"}} {
			must(t, s.Add(ctx, n, account.Credentials{}), s.Grant(n, n.User))
		}
		for pattern, want := range map[string]string{"a_b*": "a_b!c", "*!c": "a_b!c axb!c", "100%": "100%", "1*%@h": "100%", "*97": "*97 197", "_": ""} {
			var users []string
			must(t, s.Users(ctx, pattern, func(u account.User) error { users = append(users, u.User); return nil }))
			slices.Sort(users)
			if got := strings.Join(users, " "); got != want {
				t.Errorf("%q finds %q, want %q", pattern, got, want)
			}
		}
		must(t, s.Members(ctx, &star, func(m account.Member) error {
			if m.Name != star {
				t.Errorf("%v is shown for %v", m.Name, star)
			}
			return nil
		}))
	})
}

func TestErrorsOfTheDatabaseAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d, err := db.Open(url, db.DefaultOptions())
		must(t, err)
		must(t, d.Close())
		s := account.Store{DB: d, Now: time.Now}
		if err := s.SetCredentials(alice, account.Credentials{}); err == nil || errors.Is(err, account.ErrMissing) {
			t.Error("a closed database says", err)
		}
	})
}

func TestMain(m *testing.M) { dbtest.Main(m) }

// FuzzParseName: what is taken reads the same again, and fits the tables.
func FuzzParseName(f *testing.F) {
	for _, s := range []string{"alice@example.com", "sip:alice@Example.COM", "alice", "a@[2001:db8::1]", "@", "a@b@c"} {
		f.Add(s, "example.com")
	}
	f.Fuzz(func(t *testing.T, text, domain string) {
		n, err := account.ParseName(text, domain)
		if err != nil {
			return
		}
		if again, err := account.ParseName(n.String(), ""); err != nil || again != n {
			t.Errorf("%q is %q, and that is %q, %v", text, n, again, err)
		}
		if len(n.User) > 64 || len(n.Domain) > 64 || strings.ContainsAny(n.String(), " \r\n\"<>") {
			t.Errorf("%q was taken", text)
		}
	})
}
