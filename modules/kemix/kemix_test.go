package kemix

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/pv"
)

const request = `INVITE sip:biloxi.example SIP/2.0
Via: SIP/2.0/UDP 10.0.0.5:5070;branch=z9hG4bKa
From: <sip:alice@atlanta.example>;tag=a1
To: <sip:bob@biloxi.example>
Call-ID: c1
CSeq: 1 INVITE
Contact: <sip:one@x>, <sip:two@x>
Contact: <sip:three@x>
Content-Length: 0

`

func TestFunctions(t *testing.T) {
	h := kemitest.Start(t, "#!define WORD hello\n", corepv.Module, pv.Module, Module)
	h.Run(strings.ReplaceAll(request, "\n", "\r\n"), func(c *kemi.Ctx) {
		for _, x := range []struct {
			name, arg string
			want      kemi.Value
		}{
			{"get_ruser", "", kemi.Null},
			{"gete_ruser", "", kemi.Str("")},
			{"getw_ruser", "", kemi.Str("<null>")},
			{"get_rhost", "", kemi.Str("biloxi.example")},
			{"get_fuser", "", kemi.Str("alice")},
			{"get_cturi", "", kemi.Str("sip:two@x")},
			{"get_body", "", kemi.Null},
			{"get_bodylen", "", kemi.Int(0)},
			{"get_conid", "", kemi.Int(-1)},
			{"get_status", "", kemi.Int(-1)},
			{"gets_status", "", kemi.Null},
			{"get_srcport", "", kemi.Int(5060)},
			{"get_send_sock_port", "", kemi.Int(0)},
			{"get_protoid", "", kemi.Int(1)},
			{"get_def", "WORD", kemi.Str("hello")},
			{"get_def", "NOPE", kemi.Str("")},
			{"get_defn", "WORD", kemi.Int(0)},
			{"ifdef", "WORD", kemi.Bool(true)},
			{"ifndef", "WORD", kemi.Bool(false)},
		} {
			if got := h.Call(c, "kx", x.name, kemi.Str(x.arg)); got != x.want {
				t.Errorf("%s(%s): got %v, want %v", x.name, x.arg, got, x.want)
			}
		}
	})
}

func TestNeedsVariables(t *testing.T) {
	h, err := kemitest.New(t, "", corepv.Module, Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(); err == nil || !strings.Contains(err.Error(), "module pv") {
		t.Errorf("without pv: %v", err)
	}
}
