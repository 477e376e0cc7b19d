package stores

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/core/transport/tlstest"
)

// encrypted starts a MariaDB server with a certificate.
func encrypted(t *testing.T, pair tlstest.Pair, args ...string) (url string) {
	t.Helper()
	cert, key := pair.Write(t, t.TempDir(), "server")
	s, err := dbtest.NewServer(t.TempDir())
	if errors.Is(err, dbtest.ErrMissing) {
		t.Skip("left out: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Args = append([]string{"--ssl-cert=" + cert, "--ssl-key=" + key}, args...)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	if err := s.Run("", "CREATE DATABASE d; CREATE TABLE d.words (word VARCHAR(20))"); err != nil {
		t.Fatal(err)
	}
	return s.URL("d")
}

// cipher writes and reads a row, and gives what the reading connection is encrypted with.
func cipher(t *testing.T, url string, mode db.TLSMode, authorities string) (string, error) {
	o := db.DefaultOptions()
	o.Timeout, o.MySQL = 30*time.Second, db.MySQLOptions{TLS: mode, Authorities: authorities}
	d, err := db.Open(url, o)
	if err != nil {
		return "", err
	}
	defer d.Close()
	if err := d.Write(db.Insert("words", db.Col{Name: "word", Value: "hello"})); err != nil {
		return "", err
	}
	r, err := d.Read(t.Context(), "SHOW SESSION STATUS LIKE 'Ssl_cipher'")
	if err != nil {
		return "", err
	}
	return r.Rows[0].Str(1), nil
}

// TestEncryptedMySQL: each mode of db_mysql's opt_ssl_mode, with a server whose certificate is of an authority of its own.
func TestEncryptedMySQL(t *testing.T) {
	known, other := tlstest.NewAuthority(t, "known"), tlstest.NewAuthority(t, "other")
	dir := t.TempDir()
	ca, wrong := tlstest.File(t, dir, "known.pem", known.PEM), tlstest.File(t, dir, "other.pem", other.PEM)
	own := encrypted(t, known.Issue(nil, "127.0.0.1"))
	renamed := encrypted(t, known.Issue(nil, "elsewhere.test"))
	bare := encrypted(t, known.Issue(nil, "127.0.0.1"), "--skip-ssl")
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	cases := []struct {
		name        string
		url         string
		mode        db.TLSMode
		authorities string
		plain       bool
		err         any // pointer to the kind of error, or a text of it
	}{
		{"none", renamed, db.TLSUnset, "", true, nil},
		{"preferred, where there is none", bare, db.TLSPreferred, "", true, nil},
		{"required, where there is none", bare, db.TLSRequired, "", false, "TLS"},
		{"preferred", own, db.TLSPreferred, "", false, nil},
		{"required", own, db.TLSRequired, "", false, nil},
		{"its authority", own, db.TLSVerifyCA, ca, false, nil},
		{"its authority, another name", renamed, db.TLSVerifyCA, ca, false, nil},
		{"another authority", own, db.TLSVerifyCA, wrong, false, &authority},
		{"its name", own, db.TLSVerifyIdentity, ca, false, nil},
		{"another name", renamed, db.TLSVerifyIdentity, ca, false, &name},
		{"its name, another authority", own, db.TLSVerifyIdentity, wrong, false, &authority},
		{"the system's authorities", own, db.TLSVerifyIdentity, "", false, &authority},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			with, err := cipher(t, c.url, c.mode, c.authorities)
			switch want := c.err.(type) {
			case nil:
				if err != nil || (with == "") != c.plain {
					t.Errorf("cipher %q, %v", with, err)
				}
			case string:
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			default:
				if !errors.As(err, want) {
					t.Errorf("%v, want a %T", err, want)
				}
			}
		})
	}
}
