package usrloc_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/usrloc"
)

func TestExpiryInARunningServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := kemitest.Start(t, "modparam(\"usrloc\", \"preload\", \"location\")\nmodparam(\"usrloc\", \"timer_interval\", 2)\n", usrloc.Module)
		h.RPC(`{"jsonrpc":"2.0","method":"ul.add","params":["location","alice","sip:a@h",3,0.5,"",0,0,4095],"id":1}`)
		table := h.Location.Table("location")
		for range 5 {
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if table.Contacts() != 0 || table.Expired() != 1 {
			t.Errorf("%d contacts, %d expired", table.Contacts(), table.Expired())
		}
		h.Stop()
	})
}

func TestStartRefuses(t *testing.T) {
	h, err := kemitest.New(t, "modparam(\"usrloc\", \"db_mode\", 1)\nmodparam(\"usrloc\", \"db_url\", \"nosuch://x\")\n", usrloc.Module)
	if err != nil {
		t.Fatal(err)
	}
	if err = h.Server.Start(); err == nil || !strings.Contains(err.Error(), "usrloc: db_url: ") {
		t.Fatal(err)
	}
}
