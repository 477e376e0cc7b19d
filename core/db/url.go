package db

import (
	"fmt"
	"net"
	"os"
	"strings"
)

// URL is a database's address in Kamailio's form: mysql://user:password@host:port/name or
// sqlite://path. Its String hides the password.
type URL struct {
	Driver   string // "mysql" or "sqlite"
	User     string
	Password string
	Host     string // host or host:port
	Name     string // the database, or the path of the file
}

// ParseURL reads an address; the error says which forms there are.
func ParseURL(text string) (URL, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return URL{}, fmt.Errorf("db: %q is no database URL: write sqlite://path or mysql://user:password@host/name", hidePassword(text))
	}
	switch strings.ToLower(scheme) {
	case "sqlite":
		return parseFile(rest)
	case "mysql":
		return parseServer(rest)
	}
	return URL{}, fmt.Errorf("db: no driver for %s://: there are sqlite:// and mysql://", scheme)
}

func parseFile(path string) (URL, error) {
	if path == "" {
		return URL{}, fmt.Errorf("db: sqlite:// needs the path of a file")
	}
	return URL{Driver: "sqlite", Name: path}, nil
}

// parseServer takes the last @ as the end of the password, which may hold one itself.
func parseServer(rest string) (URL, error) {
	u := URL{Driver: "mysql", Host: "localhost"}
	account, place := "", rest
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		account, place = rest[:at], rest[at+1:]
	}
	u.User, u.Password, _ = strings.Cut(account, ":")
	host, name, _ := strings.Cut(place, "/")
	u.Name = name
	if host != "" {
		u.Host = host
	}
	if name == "" {
		return URL{}, fmt.Errorf("db: %s names no database: write mysql://user:password@host/name", u)
	}
	return u, nil
}

// String is the URL as it may be shown: without the password.
func (u URL) String() string {
	if u.Driver == "sqlite" {
		return "sqlite://" + u.Name
	}
	account := u.User
	if u.Password != "" {
		account += ":***"
	}
	if account != "" {
		account += "@"
	}
	return "mysql://" + account + u.Host + "/" + u.Name
}

// hidePassword cuts what may hold a secret from a text that is no URL.
func hidePassword(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		return "***" + text[at:]
	}
	return text
}

// socketPaths are where MySQL's and MariaDB's servers put their local socket.
var socketPaths = [...]string{"/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/tmp/mysql.sock"}

// address is the network and address of the server. As with MySQL's own clients the name
// localhost without a port means the local socket, if there is one.
func (u URL) address() (network, address string) {
	if u.Host == "localhost" {
		for _, path := range socketPaths {
			if _, err := os.Stat(path); err == nil {
				return "unix", path
			}
		}
	}
	if path, ok := strings.CutPrefix(u.Host, "unix("); ok {
		return "unix", strings.TrimSuffix(path, ")")
	}
	if _, _, err := net.SplitHostPort(u.Host); err == nil {
		return "tcp", u.Host
	}
	return "tcp", net.JoinHostPort(u.Host, "3306")
}
