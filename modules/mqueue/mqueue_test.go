package mqueue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/mqueue"
)

const settings = `
modparam("mqueue", "mqueue", "name=all;size=3;addmode=0")
modparam("mqueue", "mqueue", "NAME=oldest;size=3;addmode=1;")
modparam("mqueue", "mqueue_size", 2)
modparam("mqueue", "mqueue_addmode", 2)
modparam("mqueue", "mqueue_name", "newest")
`

const message = "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n"

// run runs lines such as "mq_add all k v" or "$mqk(all)" and gives the results in one text.
func run(h *kemitest.Host, t *testing.T, received, script string) (results string) {
	h.Run(received, func(c *kemi.Ctx) {
		var list []string
		for line := range strings.SplitSeq(script, "; ") {
			list = append(list, fmt.Sprint(result(h, t, c, line)))
		}
		results = strings.Join(list, " ")
	})
	return results
}

func result(h *kemitest.Host, t *testing.T, c *kemi.Ctx, line string) any {
	var v kemi.Value
	if line[0] == '$' {
		x, err := c.Server.Registry.Var(line)
		if err != nil {
			t.Fatal(err)
		}
		v = x.Get(c)
	} else {
		words := strings.Split(line, " ")
		var args []kemi.Value
		for _, w := range words[1:] {
			args = append(args, kemi.Str(strings.Trim(w, "'")))
		}
		v = h.Call(c, "mqueue", words[0], args...)
	}
	if v.IsNull() {
		return "nil"
	}
	return "<" + v.Text() + ">"
}

func TestQueues(t *testing.T) {
	for script, want := range map[string]string{
		"mq_size all; mq_fetch all; mqk_get all; $mqk(all); $mq_size(all)":                                                 "<0> <-2> nil nil <0>",
		"mq_add all k v; mq_size all; mq_fetch all; mqk_get all; mqv_gete all; $mqk(all); $mqv(all)":                       "<1> <1> <1> <k> <v> <k> <v>",
		"mq_add all '' ''; mq_fetch all; mqk_get all; $mqk(all)":                                                           "<1> <1> <> nil",
		"mq_add all k v; mq_fetch all; mq_pv_free all; mqk_get all; mqk_gete all; mqv_getw all":                            "<1> <1> <1> nil nil nil",
		"mq_add all k v; mq_fetch all; mq_fetch all; $mqk(all)":                                                            "<1> <1> <-2> nil",
		"mq_add all 1 a; mq_add all 2 b; mq_add all 1 c; mq_add all 3 d; mq_size all; mq_fetch all; $mqk(all)":             "<1> <1> <1> <1> <3> <1> <2>",
		"mq_add oldest 1 a; mq_add oldest 1 b; mq_size oldest; mq_fetch oldest; $mqv(oldest)":                              "<1> <1> <1> <1> <a>",
		"mq_add oldest 1 a; mq_fetch oldest; mq_add oldest 1 b; mq_fetch oldest; $mqv(oldest)":                             "<1> <1> <1> <1> <b>",
		"mq_add newest 1 a; mq_add newest 2 b; mq_add newest 1 c; mq_fetch newest; $mqv(newest); mq_size newest":           "<1> <1> <1> <1> <b> <1>",
		"mq_add newest 1 a; mq_add newest 2 b; mq_add newest 3 c; mq_add newest 1 d; mq_fetch newest; $mqv(newest)":        "<1> <1> <1> <1> <1> <c>",
		"mq_add no k v; mq_size no; mq_fetch no; mq_pv_free no; mqk_get no; mqv_getw no; $mqk(no); $mqv(no); $mq_size(no)": "<-1> <-1> <-1> <1> nil nil nil nil nil",
	} {
		h := kemitest.Start(t, settings, mqueue.Module)
		if got := run(h, t, message, script); got != want {
			t.Errorf("%s:\n%s\nwant %s", script, got, want)
		}
	}
}

// TestHand checks that the item in hand belongs to the message that fetched it.
func TestHand(t *testing.T) {
	h := kemitest.Start(t, settings, mqueue.Module)
	if got := run(h, t, "", "mq_add all k v; mq_add all l w; mq_fetch all; $mqk(all)"); got != "<1> <1> <1> <k>" {
		t.Error(got)
	}
	if got := run(h, t, message, "$mqk(all); mq_fetch all; $mqk(all)"); got != "nil <1> <l>" {
		t.Error(got)
	}
	if got := run(h, t, message, "$mqk(all)"); got != "nil" {
		t.Error(got)
	}
}

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, settings, mqueue.Module)
	run(h, t, "", "mq_add all k v")
	for _, tc := range []struct{ method, params, want string }{
		{"mqueue.get_size", `["all"]`, `{"name":"all","size":1}`},
		{"mqueue.get_size", `[]`, `"code":400,"message":"No queue name"`},
		{"mqueue.get_size", `[""]`, `"code":400,"message":"Invalid queue name"`},
		{"mqueue.get_size", `["no"]`, `"code":404,"message":"No such queue"`},
		{"mqueue.get_sizes", `[]`, `[{"name":"newest","size":0},{"name":"oldest","size":0},{"name":"all","size":1}]`},
		{"mqueue.fetch", `["all"]`, `{"key":"k","val":"v"}`},
		{"mqueue.fetch", `["all"]`, `"code":404,"message":"Empty queue"`},
		{"mqueue.fetch", `["no"]`, `"code":500,"message":"No such queue"`},
		{"mqueue.fetch", `[]`, `"code":500,"message":"No queue name"`},
	} {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + tc.method + `","params":` + tc.params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "", "}, {", "},{").Replace(got); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	for text, want := range map[string]string{
		`modparam("mqueue", "mqueue", "name=a;siez=3")`:                                              `unknown attribute "siez"`,
		`modparam("mqueue", "mqueue", "size=3")`:                                                     "no name",
		`modparam("mqueue", "mqueue", "name=a;size=x")`:                                              "invalid syntax",
		`modparam("mqueue", "mqueue_name", "")`:                                                      "mqueue_name is empty",
		"modparam(\"mqueue\", \"mqueue_name\", \"a\")\nmodparam(\"mqueue\", \"mqueue\", \"name=a\")": "defined twice",
		`modparam("mqueue", "mqueue", "name=a;dbmode=1")`:                                            "needs a db_url",
	} {
		h, err := kemitest.New(t, text+"\n", mqueue.Module)
		if err == nil {
			err = h.Server.Start()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
