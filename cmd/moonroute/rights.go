package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/privilege"
	"github.com/moonroute/moonroute/kemi"
)

// giveUpRights opens the sockets and goes on as the user of -u and -g, or of the parameters user and group. Settle is to be
// called when the modules have started: until then files of root can be read.
func (f *flags) giveUpRights(server *kemi.Server) (settle func() error, err error) {
	stay := func() error { return nil }
	name := cmp.Or(f.user, word(server.Config, "user"))
	group := cmp.Or(f.group, word(server.Config, "group"))
	if name == "" || os.Getuid() != 0 {
		warnOfRights(server, name, group)
		return stay, nil
	}
	u, err := privilege.Find(name, group)
	if err != nil {
		return nil, err
	}
	if u.UID == 0 {
		return stay, nil
	}
	if err := f.prepare(server, u); err != nil {
		return nil, err
	}
	if err := u.Become(); err != nil {
		return nil, err
	}
	server.Log.Notice("<core>", fmt.Sprintf("the sockets are open; going on as user %s (%d), group %d", u.Name, u.UID, u.GID))
	return privilege.Settle, nil
}

// prepare does what only root may.
func (f *flags) prepare(server *kemi.Server, u privilege.User) error {
	if err := server.Listen(); err != nil {
		return err
	}
	if err := makeRuntimeDir(server.RuntimeDir(), u); err != nil {
		return err
	}
	return f.writePID(&u)
}

// warnOfRights tells an operator who wanted another user than he gets.
func warnOfRights(server *kemi.Server, name, group string) {
	switch {
	case name == "" && group != "" && os.Getuid() == 0:
		server.Log.Warning("<core>", "group "+group+" has no effect without a user: the server runs as root")
	case name != "" && os.Getuid() != 0:
		if u, err := privilege.Find(name, ""); err != nil || u.UID != os.Getuid() {
			server.Log.Warning("<core>", fmt.Sprintf("only root can become user %s; going on as user %d", name, os.Getuid()))
		}
	}
}

// word is a parameter as text, whether the file has a number or a word there.
func word(cfg *config.Config, name string) string {
	if line, ok := cfg.Lookup(name); ok {
		return line.Value.String()
	}
	return ""
}

// makeRuntimeDir makes the folder of control sockets for the user. One that exists stays as it is.
func makeRuntimeDir(path string, u privilege.User) error {
	err := os.Mkdir(path, 0o750)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) { // who uses it will say so
		return nil
	}
	if err != nil {
		return err
	}
	return os.Chown(path, u.UID, u.GID)
}
