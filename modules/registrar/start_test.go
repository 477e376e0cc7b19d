package registrar

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

type nothing struct{}

// fakeUsrloc stands for the module that makes the tables.
var fakeUsrloc = kemi.Define(kemi.Spec[nothing]{Name: "usrloc", New: func() *nothing { return &nothing{} }})

func TestReplyIsSent(t *testing.T) {
	h := kemitest.Start(t, "", fakeUsrloc, Module)
	h.Location.Add("location", location.Options{})
	h.Run("REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:a@c>\r\n\r\n", func(c *kemi.Ctx) {
		if got := h.Call(c, "registrar", "save", kemi.Str("location"), kemi.Int(0)).Int(); got != added {
			t.Error(got)
		}
		if got := strings.Join(c.Msg.Answer.Headers, ""); got != "Contact: <sip:a@c>;expires=3600\r\n" || !c.Msg.Handled {
			t.Errorf("%q, handled %v", got, c.Msg.Handled)
		}
		if got := h.Call(c, "registrar", "save", kemi.Str("nosuch"), kemi.Int(0)).Int(); got != -1 {
			t.Error(got)
		}
	})
	if !strings.Contains(h.Log(), `there is no table "nosuch"`) {
		t.Error(h.Log())
	}
}

func TestStartNeedsUsrloc(t *testing.T) {
	h, err := kemitest.New(t, "", Module)
	if err != nil {
		t.Fatal(err)
	}
	if err = h.Server.Start(); err == nil || !strings.Contains(err.Error(), "usrloc must be loaded") {
		t.Fatal(err)
	}
}
