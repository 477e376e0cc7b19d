package kemi

import (
	"fmt"
	"os/user"
	"strconv"

	"github.com/moonroute/moonroute/core/rpc"
)

// FileOwner is who owns a socket file or a FIFO, as parameters name it: by name or by number.
// The zero value leaves both as they are.
type FileOwner struct{ user, group *int }

// SetUser is for a parameter that names a user.
func (o *FileOwner) SetUser(v ParamValue) error {
	return setOwner(&o.user, v, "user", func(name string) (string, error) {
		u, err := user.Lookup(name)
		if err != nil {
			return "", err
		}
		return u.Uid, nil
	})
}

// SetGroup is for a parameter that names a group.
func (o *FileOwner) SetGroup(v ParamValue) error {
	return setOwner(&o.group, v, "group", func(name string) (string, error) {
		g, err := user.LookupGroup(name)
		if err != nil {
			return "", err
		}
		return g.Gid, nil
	})
}

// HasGroup tells whether a group was named.
func (o *FileOwner) HasGroup() bool { return o.group != nil }

func setOwner(field **int, v ParamValue, what string, find func(string) (string, error)) error {
	n := v.Int
	if v.IsStr {
		digits, err := find(v.Str)
		if err != nil {
			digits = v.Str // a number in quotes is one too
		}
		if n, err = strconv.Atoi(digits); err != nil {
			return fmt.Errorf("there is no %s %q on this machine", what, v.Str)
		}
	}
	*field = &n
	return nil
}

// Owner is the form that the RPC carriers take; nil if nothing was set.
func (o *FileOwner) Owner() *rpc.Owner {
	if o.user == nil && o.group == nil {
		return nil
	}
	owner := rpc.Owner{UID: -1, GID: -1}
	if o.user != nil {
		owner.UID = *o.user
	}
	if o.group != nil {
		owner.GID = *o.group
	}
	return &owner
}

// DefaultRuntimeDir is where relative paths of sockets and FIFOs lead, as the incumbent's tools expect.
const DefaultRuntimeDir = "/run/kamailio"

// RuntimeDir is the folder of run_dir, or the default.
func (s *Server) RuntimeDir() string { return s.Config.Str("rundir", DefaultRuntimeDir) }
