package luatest

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/lua"
)

var sample = &Report{Seed: 1, Duration: 30 * time.Millisecond, Results: []*Result{
	{File: "a_test.lua", Name: "good", Line: 3, Outcome: Passed, Duration: 10 * time.Millisecond},
	{File: "a_test.lua", Name: "bad # <one>", Line: 9, Outcome: Failed, Where: "a_test.lua:12", Reason: `alice got "nothing"`, Detail: "first\n> second"},
	{File: "b_test.lua", Name: "left", Outcome: Skipped, Reason: "no network"},
}}

const sampleTAP = `TAP version 13
1..3
ok 1 - a_test.lua: good
not ok 2 - a_test.lua: bad \# <one>
  ---
  message: "alice got \"nothing\""
  at: "a_test.lua:12"
  detail: |
    first
    > second
  ...
ok 3 - b_test.lua: left # SKIP no network
`

func TestTAP(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, "tap", sample); err != nil || out.String() != sampleTAP {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestJUnit(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, "junit", sample); err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	if err := xml.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	a := got.Suites[0]
	if len(got.Suites) != 2 || a.Tests != 2 || a.Failures != 1 || a.Time != "0.010000" || got.Suites[1].Skipped != 1 {
		t.Errorf("%+v", got)
	}
	if f := a.Cases[1].Failure; f == nil || f.Message != `alice got "nothing"` || f.Text != "a_test.lua:12\nfirst\n> second" {
		t.Errorf("%+v", f)
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	var got Report
	if err := Write(&out, "json", sample); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || len(got.Results) != 3 || *got.Results[1] != *sample.Results[1] {
		t.Errorf("%v %+v", err, got)
	}
	if err := Write(&out, "xml", sample); err == nil || !strings.Contains(err.Error(), "junit") {
		t.Error(err)
	}
}

const sampleText = `a_test.lua
  FAIL bad # <one>
       a_test.lua:12: alice got "nothing"
       first
       > second
b_test.lua
  skip left: no network
1 passed, 1 failed, 1 left out in 30ms, seed 1
`

func TestText(t *testing.T) {
	var out strings.Builder
	p := &Printer{W: &out}
	for _, x := range sample.Results {
		p.Each(x)
	}
	p.End(sample)
	if out.String() != sampleText {
		t.Error(out.String())
	}
}

func TestCoverageForms(t *testing.T) {
	files := []lua.FileCoverage{{Path: "/srv/routes.lua", Lines: []lua.LineCoverage{{Line: 1, Hits: 2}, {Line: 3}, {Line: 5}, {Line: 6, Hits: 1}, {Line: 8}}}}
	var table, lcov strings.Builder
	WriteCoverage(&table, files)
	if !strings.Contains(table.String(), "40.0%  /srv/routes.lua") || !strings.Contains(table.String(), " 3-5, 8\n") {
		t.Error(table.String())
	}
	if err := WriteLCOV(&lcov, files); err != nil {
		t.Fatal(err)
	}
	const want = "TN:\nSF:/srv/routes.lua\nDA:1,2\nDA:3,0\nDA:5,0\nDA:6,1\nDA:8,0\nLF:5\nLH:2\nend_of_record\n"
	if lcov.String() != want {
		t.Error(lcov.String())
	}
	if got := annotated("one\ntwo\nthree\n", files[0]); got != "      2     1 | one\n            2 | two\n      -     3 | three\n" {
		t.Errorf("%q", got)
	}
}
