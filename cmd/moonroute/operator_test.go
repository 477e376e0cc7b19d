package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// step is one command of an operator.
type step struct {
	args, in string
	out      string // a part of what is printed; with = before it the whole, with ~ a regular expression
	err      string // a part of the error; empty: it succeeds
	code     int    // the exit code of an error; 0: 1
}

// prints compares with out.
func (s *step) prints(got string) bool {
	if whole, ok := strings.CutPrefix(s.out, "="); ok {
		return got == whole
	}
	if pattern, ok := strings.CutPrefix(s.out, "~"); ok {
		return regexp.MustCompile(pattern).MatchString(got)
	}
	return strings.Contains(got, s.out)
}

// operate runs the steps in order. In them @ is a URL or an address.
func operate(t *testing.T, at string, steps []step) {
	t.Helper()
	for _, s := range steps {
		cmd := rootCommand()
		var out strings.Builder
		cmd.SetOut(&out)
		cmd.SetIn(strings.NewReader(s.in))
		cmd.SetArgs(strings.Fields(strings.ReplaceAll(s.args, "@@", at)))
		err := cmd.ExecuteContext(context.Background())
		if (err == nil) != (s.err == "") || err != nil && !strings.Contains(err.Error(), s.err) {
			t.Errorf("moonroute %s fails with %v, want %q", s.args, err, s.err)
		}
		if err != nil && exitCode(err) != max(s.code, 1) {
			t.Errorf("moonroute %s ends with %d, want %d", s.args, exitCode(err), max(s.code, 1))
		}
		if got := out.String(); !s.prints(got) {
			t.Errorf("moonroute %s prints %q, want %q", s.args, got, s.out)
		}
		if strings.Contains(out.String(), "s3cret") {
			t.Errorf("moonroute %s prints a password: %q", s.args, out.String())
		}
	}
}

var accountSteps = []step{
	{args: "user list --url @@", err: "moonroute db create"},
	{args: "db check --url @@", out: "table subscriber is missing\n", err: "moonroute db create makes them"},
	{args: "db create --url @@", out: "table subscriber is missing ... done\n"},
	{args: "db create --url @@", out: "all tables are there"},
	{args: "db check --url @@", out: "the tables are right\n"},
	{args: "db check --url @@ --json", out: "=[]\n"},
	{args: "db upgrade --url @@", out: "nothing is to be done"},
	{args: "db check --url @@ --tables suscriber", err: "did you mean subscriber?"},

	{args: "user add alice@example.com --url @@", in: "s3cret\n", out: "=alice@example.com is added\n"},
	{args: "user add alice@example.com --url @@", in: "s3cret\n", err: "moonroute user passwd"},
	{args: "user add bob --domain example.com --hash-only --algorithm SHA-256 --json --url @@", in: "s3cret", out: "{\n  \"user\": \"bob@example.com\",\n  \"done\": \"added\"\n}\n"},
	{args: "user add carol --url @@", in: "s3cret", err: "--domain"},
	{args: "user add carol@x s3cret --url @@", err: "is no argument"},
	{args: "user add carol@x --url @@", err: "the password is empty"},
	{args: "user list --url @@", out: "alice@example.com\tyes\tyes\n"},
	{args: "user list b* --url @@", out: "=bob@example.com\tno\tyes\n"},
	{args: "user list nobody --json --url @@", out: "=[]\n"},
	{args: "user passwd alice@example.com --url @@", in: "other\n", out: "is changed"},
	{args: "user passwd nobody@example.com --url @@", in: "s3cret\n", err: "moonroute user add"},

	{args: "acl grant alice@example.com local int --url @@", out: "alice@example.com\tlocal\t20"},
	{args: "acl grant nobody@example.com local --url @@", err: "--force"},
	{args: "acl grant nobody@example.com local --force --url @@", out: "nobody@example.com\tlocal\t20"},
	{args: "acl grant alice@example.com a:b --url @@", err: "no name of a group"},
	{args: "acl revoke alice@example.com int --url @@", out: "alice@example.com\tlocal\t20"},
	{args: "acl revoke alice@example.com int --url @@", err: "moonroute acl show"},
	{args: "acl show --json --url @@", out: "\"user\": \"nobody@example.com\",\n    \"group\": \"local\""},

	{args: "alias add 1234@example.com alice@example.com --url @@", out: "=1234@example.com is alice@example.com\n"},
	{args: "alias add 1234@example.com bob@example.com --url @@", err: "--another"},
	{args: "alias add bob@example.com alice@example.com --url @@", err: "is there already"},
	{args: "alias show alice@example.com --url @@", out: "=1234@example.com\talice@example.com\n"},
	{args: "alias show --json --url @@", out: "\"alias\": \"1234@example.com\""},
	{args: "user show alice@example.com --url @@", out: "groups    local\naliases   1234@example.com\n"},
	{args: "user show nobody@example.com --url @@", err: "moonroute user list"},
	{args: "user rm alice@example.com --url @@", out: "alice@example.com is removed"},
	{args: "alias show --url @@", out: "="},
	{args: "alias rm 1234@example.com --url @@", err: "is not there"},
	{args: "ul show --db --url @@", out: "="},
}

func TestAccounts(t *testing.T) {
	t.Setenv("SIP_DOMAIN", "")
	t.Setenv("MOONROUTE_DB", "")
	dbtest.Each(t, func(t *testing.T, url string) {
		steps := accountSteps
		if strings.HasPrefix(url, "sqlite") {
			steps = append([]step{{args: "user list --url @@", err: "moonroute db create", code: exitUnreachable}}, accountSteps[2:]...)
		}
		operate(t, url, steps)
	})
}

func TestWhichDatabase(t *testing.T) {
	dir := t.TempDir()
	cfg := filepath.Join(dir, "kamailio.cfg")
	write(t, cfg, "#!define DBURL \"sqlite://"+dir+"/define.db\"\n#!ifdef WITH_OTHER\n#!redefine DBURL \"sqlite://"+dir+"/other.db\"\n#!endif\n"+
		"modparam(\"acc\", \"db_url\", \"sqlite://"+dir+"/acc.db\")\nmodparam(\"auth_db|usrloc\", \"db_url\", DBURL)\n")
	write(t, filepath.Join(dir, "none.cfg"), "debug=2\n")
	write(t, filepath.Join(dir, "routes.lua"), "")
	t.Chdir(dir)
	for _, c := range []struct {
		name, env string
		flags     databaseFlags
		want      string
	}{
		{"a URL", "sqlite://env", databaseFlags{url: "sqlite://given", file: cfg}, "sqlite://given"},
		{"the module's", "sqlite://env", databaseFlags{file: cfg}, "sqlite://" + dir + "/define.db"},
		{"a define", "", databaseFlags{file: cfg, defines: []string{"WITH_OTHER"}}, "sqlite://" + dir + "/other.db"},
		{"beside the script", "", databaseFlags{file: "routes.lua"}, "moonroute.db"},
		{"the environment", "sqlite://env", databaseFlags{}, "sqlite://env"},
		{"this folder", "", databaseFlags{}, "sqlite://moonroute.db"},
	} {
		t.Setenv("MOONROUTE_DB", c.env)
		if got, err := c.flags.find("auth_db"); err != nil || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	write(t, "two.cfg", "modparam(\"acc\", \"db_url\", \"mysql://a:s3cret@h/b\")\nmodparam(\"usrloc\", \"db_url\", \"mysql://c:d@h/b\")\n")
	if got, err := (&databaseFlags{file: "two.cfg"}).find(); err != nil || got != "mysql://a:s3cret@h/b" {
		t.Error("two accounts of one database:", got, err)
	}
	write(t, "wrong.cfg", "modparam(\"acc\", \"db_url\", \"oracle://a:s3cret@h/b\")\n")
	for file, want := range map[string]string{"none.cfg": "--url", cfg: "several databases", "wrong.cfg": "wrong.cfg:1:"} {
		_, err := (&databaseFlags{file: file}).find()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestUnreachable(t *testing.T) {
	operate(t, filepath.Join(t.TempDir(), "none"), []step{
		{args: "db check --url mysql://a:s3cret@127.0.0.1:1/b", err: "a:***@", code: exitUnreachable},
		{args: "db create --url pgsql://a/b", err: "there are sqlite:// and mysql://", code: 1},
		{args: "uptime -s unix:@@", err: "with -f FILE", code: exitUnreachable},
		{args: "ul show -s unix:@@", err: "no server answers", code: exitUnreachable},
		{args: "monitor -s unix:@@ --interval 0s", err: "--interval"},
	})
}

func TestMain(m *testing.M) { dbtest.Main(m) }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
