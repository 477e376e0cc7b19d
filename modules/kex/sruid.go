package kex

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/moonroute/moonroute/kemi"
)

// uids makes ids in the incumbent's form, srid-TIME-PID-COUNT in hexadecimal, where TIME is
// the start of the server; a server_id stands before TIME.
type uids struct {
	prefix string
	next   atomic.Uint64
}

func (u *uids) start(srv *kemi.Server) {
	u.prefix = "srid-"
	if id := srv.Settings.ServerID; id != 0 {
		u.prefix += fmt.Sprintf("%x-", id)
	}
	u.prefix += fmt.Sprintf("%x-%x-", srv.Started.Unix(), os.Getpid())
}

func (s *state) sruid(*kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return kemi.Str(s.uids.prefix + strconv.FormatUint(s.uids.next.Add(1), 16))
}
