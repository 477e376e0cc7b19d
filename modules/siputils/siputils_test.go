package siputils

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func message(uri, to, more string) string {
	return strings.ReplaceAll("OPTIONS "+uri+" SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"+
		"From: <sip:a@a.example>;tag=f1\nTo: "+to+"\nCall-ID: 1\nCSeq: 1 OPTIONS\n"+more+"Content-Length: 0\n\n", "\n", "\r\n")
}

func str(texts ...string) (list []kemi.Value) {
	for _, text := range texts {
		list = append(list, kemi.Str(text))
	}
	return list
}

const plainTo = "<sip:b@b.example>"

func TestTexts(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		call string // function and arguments, cut by spaces; ~ is a space within one, _ an empty one
		want int
	}{
		{"is_numeric 42", 1}, {"is_numeric +5", -2}, {"is_numeric _", -2},
		{"is_tel_number +4912", 1}, {"is_tel_number +", -2}, {"is_tel_number 1~2", -2},
		{"is_alphanum aB1", 1}, {"is_alphanum a-b", -3}, {"is_alphanum _", -2}, {"is_alphanumex a-b -", 1},
		{"is_uri sip:a@b", 1}, {"is_uri sip:a~b@c", 1}, {"is_uri sip:a@b~c", -1}, {"is_uri sip:a@b;x~y", 1}, {"is_uri sip:", -1},
		{"is_uri sip:@b", -1}, {"is_uri tel:abc", 1}, {"is_uri urn:x", 1}, {"is_uri mailto:x@y", -1}, {"is_uri a@b", -1}, {"is_uri _", -1},
		{"cmp_uri sip:a@b sip:a@B", 1}, {"cmp_uri sip:a@b sip:A@b", -1}, {"cmp_uri sip:a@b sip:a@b:5060", -1},
		{"cmp_uri sip:a@b;transport=tcp sip:a@b", 1}, {"cmp_uri sip:a@b;user=phone sip:a@b", -1}, {"cmp_uri sip:a@b;x=1 sip:a@b;x=2", -1},
		{"cmp_uri sip:a@b?x=1 sip:a@b", 1}, {"cmp_uri sip:a@b sips:a@b", -1}, {"cmp_uri x sip:a@b", -2}, {"cmp_uri sip:%61@b sip:a@b", -1},
		{"cmp_aor sip:a@b:1 sips:a@B;x=y", 1}, {"cmp_aor sip:a@b sip:c@b", -1}, {"cmp_aor _ _", -2},
		{"cmp_hdr_name From f", 1}, {"cmp_hdr_name From To", -1}, {"cmp_hdr_name X-a x-A", 1}, {"cmp_hdr_name Xa Xb", -2}, {"cmp_hdr_name _ X", -2},
	} {
		words := strings.Fields(x.call)
		for i := range words[1:] {
			words[i+1] = strings.ReplaceAll(strings.Replace(words[i+1], "_", "", 1), "~", " ")
		}
		h.Run(message("sip:b", plainTo, ""), func(c *kemi.Ctx) {
			name := strings.Fields(x.call)[0]
			if got := h.Call(c, "siputils", name, str(words[1:]...)...).Int(); got != x.want {
				t.Errorf("%s: %d, want %d", x.call, got, x.want)
			}
		})
	}
}

func TestMessage(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		text, name string
		args       []kemi.Value
		want       int
	}{
		{message("sip:b", plainTo, ""), "has_totag", nil, -1},
		{message("sip:b", plainTo+";tag=1", ""), "has_totag", nil, 1},
		{message("sip:b", plainTo, ""), "is_request", nil, 1},
		{message("sip:b", plainTo, ""), "is_reply", nil, -1},
		{message("sip:b", plainTo, ""), "is_sip", nil, 1},
		{message("sip:b", plainTo, ""), "is_http", nil, -1},
		{message("sip:b", plainTo, ""), "is_first_hop", nil, 1},
		{message("sip:b", plainTo, "Via: SIP/2.0/UDP p\n"), "is_first_hop_mode", []kemi.Value{kemi.Int(1)}, -1},
		{message("sip:b", plainTo, ""), "hdr_date_check", []kemi.Value{kemi.Int(10)}, -1},
		{message("sip:b", plainTo, "Date: x\n"), "hdr_date_check", []kemi.Value{kemi.Int(10)}, -2},
		{message("sip:b", plainTo, "Date: Sat, 13 Nov 2010 23:29:00 GMT\n"), "hdr_date_check", []kemi.Value{kemi.Int(10)}, -4},
		{message("sip:b", plainTo, "Date: Sat, 13 Nov 2010 23:29:00 GMT\n"), "hdr_date_check", []kemi.Value{kemi.Int(2147483647)}, 1},
		{message("sip:b", plainTo, ""), "is_user", str("a"), -1},
		{message("sip:b;gr=1", plainTo, ""), "is_gruu", nil, 1},
		{message("sip:b;gr", plainTo, ""), "is_gruu", nil, 2},
		{message("sip:b", plainTo, ""), "is_gruu", nil, -1},
		{message("sip:u@b", plainTo, ""), "options_reply", nil, -1},
		{message("sip:b", plainTo, ""), "options_reply", nil, 1},
		{message("sip:b;lr;x=1", plainTo, ""), "uri_param", str("lr"), 1},
		{message("sip:b;lr;x=1", plainTo, ""), "uri_param", str("x"), -1},
		{message("sip:b;lr;x=1", plainTo, ""), "uri_param_value", str("X", "1"), 1},
		{message("sip:b;lr;x=1", plainTo, ""), "uri_param_any", str("x"), 1},
		{message("sip:b;lr;x=1", plainTo, ""), "uri_param_any", str("y"), -1},
	} {
		h.Run(x.text, func(c *kemi.Ctx) {
			if got := h.Call(c, "siputils", x.name, x.args...).Int(); got != x.want {
				t.Errorf("%s%v: %d, want %d", x.name, x.args, got, x.want)
			}
		})
	}
}

func TestRequestURI(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct{ uri, name, arg, want string }{
		{"sip:a@b;x=1;y?h=1", "uri_param_rm", "X", "sip:a@b;y?h=1"},
		{"sip:a@b;x=1;y?h=1", "uri_param_rm", "y", "sip:a@b;x=1?h=1"},
		{"sip:a@b;x=1", "uri_param_rm", "z", "sip:a@b;x=1"},
		{"sip:a;x=1@b;x=1", "uri_param_rm", "x", "sip:a;x=1@b"},
		{"sip:a@b", "add_uri_param", "x=1", "sip:a@b;x=1"},
		{"sip:b:5070?h=1", "add_uri_param", "x=1", "sip:b:5070;x=1?h=1"},
		{"sips:a:p@b;y?h=1", "add_uri_param", "x=1", "sip::p@by;x=1?h=1"},
		{"sip:a@b", "add_uri_param", "", "sip:a@b"},
		{"sip:h;k=c2lwOmFAYg;y=1", "contact_param_decode_ruri", "k", "sip:a@b"},
		{"sip:h;k=!", "contact_param_decode_ruri", "k", "sip:h;k=!"},
	} {
		h.Run(message(x.uri, plainTo, ""), func(c *kemi.Ctx) {
			h.Call(c, "siputils", x.name, kemi.Str(x.arg))
			if got := c.Msg.CurrentURI(); got != x.want {
				t.Errorf("%s(%s) of %s: %s, want %s", x.name, x.arg, x.uri, got, x.want)
			}
		})
	}
}

func TestDecodeContact(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for uri, want := range map[string]struct {
		code int
		uri  string
	}{
		"sip:e*user*pass*1.2.3.4*5060*udp@h;x=y": {1, "sip:user:pass@1.2.3.4:5060;transport=udp;x=y"},
		"sip:e*user**1.2.3.4**@h":                {1, "sip:user@1.2.3.4"},
		"sips:e***1.2.3.4**@h":                   {1, "sips:1.2.3.4"},
		"sip:e*u@h":                              {-26, ""},
		"sip:e*a*b*c*d*e*f@h":                    {-24, ""},
		"sip:1.1.1.1":                            {-23, ""},
		"sip:e*a*b**d*e@h":                       {-2, ""},
	} {
		h.Run(message(uri, plainTo, ""), func(c *kemi.Ctx) {
			if got := h.Call(c, "siputils", "decode_contact").Int(); got != want.code || c.Msg.Target.URI != want.uri {
				t.Errorf("%s: %d %s", uri, got, c.Msg.Target.URI)
			}
		})
	}
}

func TestContacts(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	for _, x := range []struct {
		contact, name string
		args          []kemi.Value
		code          int
		want          string
	}{
		{"<sip:a@1.1.1.1:7;transport=tcp;ob>;q=1, sip:b@c;x=1", "encode_contact", str("p", "h"), 1, "<sip:p*a**1.1.1.1*7*tcp@h>;q=1, sip:p*b**c**@h;x=1"},
		{"<sips:a@b>", "encode_contact", str("p", "h"), -509, "<sips:a@b>"},
		{"<sip:p*a*w*c*7*udp@h>;q=1", "decode_contact_header", nil, 1, "<sip:a:w@c:7;transport=udp>;q=1"},
		{"<sip:a@b>;q=1, sip:c@d", "contact_param_encode", str("k", "sip:h"), 1, "<sip:h;k=c2lwOmFAYg>;q=1, <sip:h;k=c2lwOmNAZA>"},
		{"<sip:h;k=c2lwOmFAYg;z>;q=1, <sip:x>", "contact_param_decode", str("k"), 1, "<sip:a@b>;q=1, <sip:x>"},
		{"<sip:h;k=!!>", "contact_param_decode", str("k"), -1, "<sip:h;k=!!>"},
		{"<sip:a@b>", "contact_param_encode_alias", str("k", "sip:h"), 1, "<sip:h;k=c2lwOmFAYjthbGlhcz0xOTIuMC4yLjF-NTA2MH4x>"},
		{"<sip:a;k=1;z>, <sip:b;y;k>", "contact_param_rm", str("k"), 1, "<sip:a;z>, <sip:b;y>"},
		{"*", "contact_param_rm", str("k"), 1, "*"},
		{"<sip:a;k=1>", "contact_param_check", str("k"), 1, "<sip:a;k=1>"},
		{"<sip:a;k=1>", "contact_param_check", str("x"), -1, "<sip:a;k=1>"},
	} {
		h.Run(message("sip:b", plainTo, "Contact: "+x.contact+"\n"), func(c *kemi.Ctx) {
			if got := h.Call(c, "siputils", x.name, x.args...).Int(); got != x.code {
				t.Errorf("%s of %s: %d, want %d", x.name, x.contact, got, x.code)
			}
			got := string(route.AppendRequest(nil, c.Msg, &route.Outgoing{Flow: c.Msg.Flow}))
			if !strings.Contains(got, "Contact: "+x.want+"\r\n") {
				t.Errorf("%s of %s:\n%s", x.name, x.contact, got)
			}
		})
	}
}

func TestChargingVector(t *testing.T) {
	h := kemitest.Start(t, "", Module)
	h.Run(message("sip:b", plainTo, "P-Charging-Vector: icid-value=\"v 1\";icid-generated-at=192.0.2.6;orig-ioi=h\n"), func(c *kemi.Ctx) {
		for name, want := range map[string]string{"$pcv(value)": "v 1", "$pcv(genaddr)": "192.0.2.6", "$pcv(orig)": "h", "$pcv(term)": ""} {
			if got := h.Registry.FindVar(name).Get(c).Text(); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
	})
	if h.Registry.FindVar("$pcv(nosuch)") != nil {
		t.Error("$pcv(nosuch) is a variable")
	}
}

func FuzzContacts(f *testing.F) {
	f.Add("<sip:a;k=1>, sip:b;k=c2lwOmFAYg")
	f.Add("<sip:p*a*w*c*7*udp@h>")
	f.Fuzz(func(t *testing.T, contact string) {
		if strings.ContainsAny(contact, "\r\n") {
			return
		}
		h := kemitest.Start(t, "", Module)
		for _, name := range []string{"encode_contact", "decode_contact_header", "contact_param_encode", "contact_param_decode", "contact_param_rm"} {
			h.Run(message("sip:b", plainTo, "Contact: "+contact+"\n"), func(c *kemi.Ctx) {
				h.Call(c, "siputils", name, str("k", "h")...)
				route.AppendRequest(nil, c.Msg, &route.Outgoing{Flow: c.Msg.Flow})
			})
		}
	})
}

func BenchmarkHasToTag(b *testing.B) {
	h := kemitest.Start(b, "", Module)
	h.Run(message("sip:b", plainTo+";tag=1", ""), func(c *kemi.Ctx) {
		f, a := h.Registry.Function("siputils", "has_totag"), kemi.MakeArgs()
		b.ReportAllocs()
		for b.Loop() {
			f.Call(c, a)
		}
	})
}
