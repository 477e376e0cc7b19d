package kex

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/moonroute/moonroute/kemi"
)

// uids makes ids in the incumbent's form, srid-TIME-SERVER-COUNT in hexadecimal, where
// TIME is the start of the server.
type uids struct {
	prefix string
	next   atomic.Uint64
}

func (u *uids) start(srv *kemi.Server) {
	u.prefix = fmt.Sprintf("srid-%x-%x-", srv.Started.Unix(), srv.Settings.ServerID)
}

func (s *state) sruid(*kemi.Ctx, *kemi.VarArgs) kemi.Value {
	return kemi.Str(s.uids.prefix + strconv.FormatUint(s.uids.next.Add(1), 16))
}
