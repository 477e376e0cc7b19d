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
	return fromDirectory(known)
}

// fromDirectory is a user as the system's directory has it.
func fromDirectory(known *user.User) (u User, err error) {
	u.Name = known.Username
	if u.UID, err = id(known.Uid); err != nil {
		return u, fmt.Errorf("privilege: user %s: %w", u.Name, err)
	}
	if u.GID, err = id(known.Gid); err != nil {
		return u, fmt.Errorf("privilege: group of %s: %w", u.Name, err)
	}
	groups, err := known.GroupIds()
	if err != nil {
		return u, fmt.Errorf("privilege: groups of %s: %w", u.Name, err)
	}
	for _, text := range groups {
		gid, err := id(text)
		if err != nil {
			return u, fmt.Errorf("privilege: groups of %s: %w", u.Name, err)
		}
		u.Groups = append(u.Groups, gid)
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
		return id(g.Gid)
	}
	if gid, isNumber := number(name); isNumber {
		return gid, nil
	}
	return 0, fmt.Errorf("privilege: there is no group %q on this machine: addgroup --system %s makes one", name, name)
}

// asItIs is what the system takes for no change of an ID.
const asItIs = 1<<32 - 1

// number reads an ID.
func number(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 32)
	return int(n), err == nil && n != asItIs
}

// id is an ID of the system's directory, which are numbers on the systems that have them. What is none must not
// become 0, which is root.
func id(text string) (int, error) {
	n, ok := number(text)
	if !ok {
		return 0, fmt.Errorf("%q is no ID", text)
	}
	return n, nil
}
