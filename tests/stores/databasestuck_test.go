package stores

import (
	"fmt"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db/dbtest"
)

// TestDatabaseStuck freezes MariaDB for a while: its connections stay open and nothing comes back.
// More REGISTERs than can wait come in meanwhile; requests that need no database must not wait
// with them.
func TestDatabaseStuck(t *testing.T) {
	for _, mode := range []int{1, 3} {
		t.Run(fmt.Sprint("db_mode ", mode), func(t *testing.T) { databaseStuck(t, mode) })
	}
}

func databaseStuck(t *testing.T, mode int) {
	m, url := dbtest.Own(t)
	s := newRegistrar(t, mode, url)
	s.Start()
	c := NewClient(t, s.Addr())
	registers, others := startLoads(t, c, 200)
	registers.await(t, "REGISTERs are accepted", time.Time{}, accepted, 200)
	m.Freeze()
	stuck := time.Now()
	registers.await(t, "REGISTERs are refused", stuck, refused, 200)
	known := time.Now()
	registers.await(t, "all others are refused as well", known, refused, Rounds(400, 2000))
	others.await(t, "requests without a database are answered meanwhile", stuck, accepted, 400)
	going := time.Now()
	m.Thaw()
	registers.await(t, "REGISTERs are accepted again", going, accepted, 200)
	list := registers.end()
	checkOthers(t, others.end())
	checkQuick(t, "REGISTERs to a database known to be stuck", list.between(known, going), refusalBound)
	if n := len(list.between(known, going).those(accepted)); n > 0 {
		t.Errorf("%d REGISTERs were accepted by a frozen database", n)
	}
	if n := len(list.those(unanswered)); n > 0 {
		t.Errorf("%d REGISTERs got no answer", n)
	}
	checkReturn(t, list, going)
	checkStored(t, s, list[:min(500, len(list))])
}
