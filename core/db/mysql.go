package db

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlConnector makes connections to a MySQL or MariaDB server.
func mysqlConnector(u URL, o *Options) (driver.Connector, error) {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = u.User, u.Password, u.Name
	c.Net, c.Addr = u.address()
	c.Timeout = orElse(o.MySQL.Connect, o.Timeout)
	// A reader's context ends before, so that a slow question is told from a lost server.
	c.ReadTimeout = orElse(o.MySQL.Receive, o.Timeout+o.Timeout/4)
	c.WriteTimeout = orElse(o.MySQL.Send, o.Timeout)
	c.DialFunc = dialer(o.MySQL.TLS <= TLSDisabled)
	c.ClientFoundRows = !o.MySQL.Changed
	c.MaxAllowedPacket = 0        // the server tells, so that too large a row fails alone
	c.Logger = &mysql.NopLogger{} // errors come back as values and are logged by their owner
	c.Params = lockWaits(o.Timeout)
	if err := setTLS(c, &o.MySQL); err != nil {
		return nil, err
	}
	return mysql.NewConnector(c)
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}

// lockWaits makes the server give up waiting for another client's lock before this side
// takes the connection for lost.
func lockWaits(timeout time.Duration) map[string]string {
	seconds := strconv.Itoa(max(1, int(timeout/2/time.Second)))
	return map[string]string{"innodb_lock_wait_timeout": seconds, "lock_wait_timeout": seconds}
}

func setTLS(c *mysql.Config, o *MySQLOptions) error {
	switch o.TLS {
	case TLSPreferred:
		c.TLSConfig = "preferred"
	case TLSRequired:
		c.TLSConfig = "skip-verify"
	case TLSVerifyCA, TLSVerifyIdentity:
		t, err := verifying(o, strings.TrimSuffix(c.Addr, ":"+portOf(c.Addr)))
		c.TLS = t
		return err
	}
	return nil
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// verifying makes the settings of a connection whose certificate is checked.
func verifying(o *MySQLOptions, host string) (*tls.Config, error) {
	t := &tls.Config{ServerName: strings.Trim(host, "[]"), MinVersion: tls.VersionTLS12}
	if o.Authorities != "" {
		text, err := os.ReadFile(o.Authorities)
		if err != nil {
			return nil, fmt.Errorf("the certificates of the authorities: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", o.Authorities)
		}
	}
	if o.TLS == TLSVerifyCA {
		t.InsecureSkipVerify = true // the name is not to be checked; the authority is, here:
		t.VerifyConnection = func(s tls.ConnectionState) error { return verifyAuthority(s, t.RootCAs) }
	}
	return t, nil
}

// verifyAuthority checks who signed the certificate and not whose it is.
func verifyAuthority(s tls.ConnectionState, roots *x509.CertPool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}
