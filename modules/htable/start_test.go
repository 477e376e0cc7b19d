package htable_test

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/htable"
)

func TestCommands(t *testing.T) {
	h := kemitest.Start(t, "modparam(\"htable\", \"htable\", \"a=>size=4;autoexpire=600;\")\n", htable.Module)
	cases := []struct{ method, params, want string }{
		{"htable.sets", `["a","k","v"]`, `"result":"Ok. Key set to new value."`},
		{"htable.get", `["a","k"]`, `"result":{"item":{"name":"k","value":"v","flags":2,"expire":"`},
		{"htable.seti", `["a","k",5]`, `"result":"Ok. Key set to new value."`},
		{"htable.setxi", `["a","k",5,50]`, `"result":"Ok. Key set to new value."`},
		{"htable.dump", `["a"]`, `"size":1,"slot":[{"name":"k","value":5,"type":"int"}]}]`},
		{"htable.listTables", `[]`, `[{"name":"a","dbtable":"","dbmode":0,"expire":600,"updateexpire":1,"size":16,"dmqreplicate":0}]`},
		{"htable.stats", `[]`, `[{"name":"a","slots":16,"all":1,"min":0,"max":1}]`},
		{"htable.setex", `["a","k",100]`, `"result":"Ok"`},
		{"htable.delete", `["a","k"]`, `"result":"Ok. Key deleted."`},
		{"htable.delete", `["a","k"]`, `"message":"Key not found in htable."`},
		{"htable.get", `["a","k"]`, `"message":"Key name doesn't exist in htable."`},
		{"htable.get", `["a"]`, `"message":"Not enough parameters (htable name and key name)"`},
		{"htable.dump", `["b"]`, `"message":"No such htable"`},
		{"htable.flush", `["a"]`, `"result":"Ok. Htable flushed."`},
		{"htable.dump", `["a"]`, `"result":[]`},
		{"htable.reload", `["a"]`, `"message":"No htable db_url"`},
	}
	for _, tc := range cases {
		got := h.RPC(`{"jsonrpc":"2.0","method":"` + tc.method + `","params":` + tc.params + `,"id":1}`)
		if got = strings.NewReplacer("\n", "", "\t", "", "}, {", "},{").Replace(got); !strings.Contains(got, tc.want) {
			t.Errorf("%s %s: %s\nwant %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	if _, err := kemitest.New(t, "modparam(\"htable\", \"htable\", \"a=>siez=4\")\n", htable.Module); err == nil || !strings.Contains(err.Error(), `unknown attribute "siez"`) {
		t.Error(err)
	}
	for _, text := range []string{
		"modparam(\"htable\", \"enable_dmq\", 1)\n",
		"modparam(\"htable\", \"db_url\", \"mysql://x\")\n",
		"modparam(\"htable\", \"db_url\", \"sqlite:///nosuch/folder/x\")\n",
	} {
		h, err := kemitest.New(t, text, htable.Module)
		if err != nil {
			t.Fatal(err)
		}
		if err = h.Server.Start(); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
