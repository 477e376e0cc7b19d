package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
)

// TestCheckForPrograms reads the JSON of a check: of a script with a mistake and a warning, of a configuration that is wrong, of
// nothing wrong.
func TestCheckForPrograms(t *testing.T) {
	const head = "listen=udp:127.0.0.1:5060\nloadmodule \"sl.so\"\nloadmodule \"app_lua.so\"\ncfgengine \"lua\"\nmodparam(\"app_lua\", \"load\", \"routes.lua\")\n"
	const right = "function ksr_request_route()\n\tKSR.sl.send_reply(200, 'OK')\nend\n"
	for name, c := range map[string]struct {
		cfg, script string
		want        []mistake // without texts
	}{
		"right": {head, right, nil},
		"script": {head, "function ksr_request_route()\n\tuser = 1\n\tKSR.sl.send_replay(200, 'OK')\nend\n", []mistake{
			{File: "routes.lua", Line: 2, Column: 2, Severity: "warning", Check: "global"},
			{File: "routes.lua", Line: 3, Column: 2, Severity: "error", Check: "name"},
		}},
		"configuration": {head + "loadmodule \"slx.so\"\n", right, []mistake{{File: "kamailio.cfg", Line: 6, Column: 12, Severity: "error", Check: "config"}}},
		"no script":     {head, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "kamailio.cfg", c.cfg)
			write(t, "routes.lua", c.script)
			var out bytes.Buffer
			root := rootCommand()
			root.SetArgs([]string{"check", "-f", "kamailio.cfg", "--json"})
			root.SetOut(&out)
			err := root.Execute()
			var got struct {
				OK       bool
				Findings []mistake
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			wrong := false
			for i := range got.Findings {
				m := &got.Findings[i]
				wrong = wrong || m.Severity == "error"
				if m.Message == "" || m.Text == "" {
					t.Errorf("%+v says too little", m)
				}
				m.File, m.Message, m.Hint, m.Text = filepath.Base(m.File), "", "", ""
				if i < len(c.want) && *m != c.want[i] {
					t.Errorf("got %+v, want %+v", m, c.want[i])
				}
			}
			if len(got.Findings) != len(c.want) || got.OK == wrong || (err != nil) != wrong {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}
