// Package privilege gives up the rights of root.
//
// A server that is started as root opens its sockets and then becomes another user, of which there is no way back. It may
// still open ports below 1024: a connection that leaves from its socket's port, and a socket opened anew, need that.
package privilege

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"
)

// User is whom the process becomes.
type User struct {
	Name     string // as it was asked for
	UID, GID int
	Groups   []int // supplementary ones
}

// ErrUnsupported says that this system has no way to give up rights here.
var ErrUnsupported = errors.New("privilege: rights can be given up on Linux only")

// Find looks up a user and a group, each by name or number. Without a group it is the user's own; without a user it is
// the one who runs this process. It may block on the system's directory.
func Find(name, group string) (User, error) {
	u, err := findUser(name)
	if err != nil || group == "" {
		return u, err
	}
	u.GID, err = findGroup(group)
	return u, err
}

func findUser(name string) (User, error) {
	known, err := lookup(name)
	if err != nil {
		uid, isNumber := number(name)
		if !isNumber {
			return User{}, fmt.Errorf("privilege: there is no user %q on this machine: adduser --system %s makes one", name, name)
		}
		return User{Name: name, UID: uid, GID: uid}, nil // as containers have them, without a name
	}
	u := User{Name: known.Username, UID: must(known.Uid), GID: must(known.Gid)}
	ids, err := known.GroupIds()
	if err != nil {
		return User{}, fmt.Errorf("privilege: groups of %s: %w", name, err)
	}
	for _, id := range ids {
		u.Groups = append(u.Groups, must(id))
	}
	return u, nil
}

func lookup(name string) (*user.User, error) {
	if name == "" {
		return user.Current()
	}
	if u, err := user.Lookup(name); err == nil {
		return u, nil
	}
	return user.LookupId(name)
}

func findGroup(name string) (int, error) {
	if g, err := user.LookupGroup(name); err == nil {
		return must(g.Gid), nil
	}
	if gid, isNumber := number(name); isNumber {
		return gid, nil
	}
	return 0, fmt.Errorf("privilege: there is no group %q on this machine: addgroup --system %s makes one", name, name)
}

// number reads an ID; the highest one means "as it is" to the system.
func number(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil
}

// must is an ID of the system's directory, which are numbers on the systems that have them.
func must(id string) int {
	n, _ := number(id)
	return n
}
