package kemi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/rpc"
)

func documented() []*ModuleDoc {
	type state struct{ n int }
	first := Define(Spec[state]{
		Name: "shop", Doc: "Sells things.", New: func() *state { return new(state) },
		Params: Params[state]{IntParam("max", 3, func(s *state) *int { return &s.n }, "most | things")},
		Funcs: Funcs[state]{
			{Name: "buy", Args: "what str, end int", Returns: Code, Routes: route.RequestRoute | route.FailureRoute, Waits: true, Doc: "buys"},
			{Name: "leave", Returns: NoResult, Doc: "leaves"},
		},
		RPC:    Commands[state]{{Name: "shop.list", Run: func(*state, *rpc.Call) error { return nil }, Doc: "lists"}},
		Vars:   Vars[state]{{Name: "thing", Named: true, Index: true, Set: func(*state, *Ctx, *VarArgs, Value) bool { return true }, Doc: "a thing"}},
		Trans:  Trans[state]{{Name: "s.sell", Args: "price int, to str?", Doc: "sells"}},
		Stats:  Stats[state]{{Group: "shop", Name: "sold", Doc: "things sold"}},
		Events: []Event{{Name: "shop:closed", Param: "event_callback", Doc: "no more"}},
	})
	second := Define(Spec[state]{Name: "shop", Table: "x", New: func() *state { return new(state) },
		Funcs: Funcs[state]{{Name: "sign", Returns: AnyValue, Doc: "signs"}}})
	core := Define(Spec[state]{Name: "core", Table: "core", Doc: "KSR.", New: func() *state { return new(state) },
		Funcs: Funcs[state]{{Name: "is_it", Returns: Truth, Doc: "is it"}}})
	return Document([]Module{first, second, core})
}

func TestDocumentJoinsTablesOfAModule(t *testing.T) {
	docs := documented()
	if len(docs) != 2 || len(docs[0].Funcs) != 3 {
		t.Fatalf("%d modules, the first with %d functions", len(docs), len(docs[0].Funcs))
	}
	for i, want := range []string{"KSR.shop.buy(what, end)", "KSR.shop.leave()", "KSR.x.sign()"} {
		if got := docs[0].Funcs[i].Signature(); got != want {
			t.Errorf("function %d is %s, want %s", i, got, want)
		}
	}
	if got := docs[1].Funcs[0].Full(); got != "KSR.is_it" {
		t.Errorf("a core function is %s", got)
	}
}

func TestReference(t *testing.T) {
	text := documented()[0].Reference()
	for _, want := range []string{
		"| `max` | int | `3` | most \\| things |",
		"| `KSR.shop.buy(what str, end int)` | int | request, failure | buys (may wait; other calls go on meanwhile) |",
		"| `KSR.shop.leave()` | void | any | leaves |",
		"| `shop.list` | lists |",
		"| `$thing(name)[index]` | read, write | a thing |",
		"| `{s.sell,price,to?}` | sells |",
		"| `shop:sold` | things sold |",
		"| `shop:closed` | `event_callback` |  | no more |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the reference lacks %q:\n%s", want, text)
		}
	}
}

func TestReadmeKeepsWhatPeopleWrote(t *testing.T) {
	d := documented()[0]
	fresh := d.Readme("")
	if !strings.HasPrefix(fresh, "# shop\n\nSells things.\n\n"+readmeBegin) {
		t.Errorf("a new README begins with %q", fresh[:60])
	}
	written := strings.Replace(fresh, "Sells things.", "Sells all things.", 1) + "\n## Example\n\nBuy it.\n"
	stale := strings.Replace(written, "| buys", "| bought", 1)
	if got := d.Readme(stale); got != written {
		t.Errorf("made anew it is\n%s\nwant\n%s", got, written)
	}
	if got := d.Readme("# shop\n\nOnly text.\n"); !strings.HasPrefix(got, "# shop\n\nOnly text.\n\n"+readmeBegin) {
		t.Errorf("a README without tables becomes\n%s", got)
	}
}

func TestStubs(t *testing.T) {
	var b strings.Builder
	if err := WriteStubs(&b, documented()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"---@meta\n",
		"KSR.shop = {}\n",
		"---buys\n---@param what string\n---@param end_ integer\n---@return integer\nfunction KSR.shop.buy(what, end_) end\n",
		"---leaves\nfunction KSR.shop.leave() end\n",
		"---@return any\nfunction KSR.x.sign() end\n",
		"---@return boolean\nfunction KSR.is_it() end\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the stubs lack %q:\n%s", want, b.String())
		}
	}
}

func TestDocTexts(t *testing.T) {
	var b strings.Builder
	if err := WriteFunctions(&b, documented(), "KSR.x"); err != nil || strings.Contains(b.String(), "KSR.shop") || !strings.Contains(b.String(), "KSR.x.sign()") {
		t.Errorf("functions of KSR.x: %v\n%s", err, b.String())
	}
	b.Reset()
	var docs []ModuleDoc
	if err := WriteDocJSON(&b, documented()); err != nil || json.Unmarshal([]byte(b.String()), &docs) != nil || len(docs) != 2 {
		t.Errorf("JSON: %v\n%s", err, b.String())
	}
}
