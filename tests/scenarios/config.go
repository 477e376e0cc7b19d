package scenarios

import "strings"

// config is what every case's configuration begins with.
const config = `#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
server_signature=no
listen=udp:{server}
listen=tcp:{server}
loadmodule "jsonrpcs.so"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "pv.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "htable.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "app_lua.so"
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "@DIR@/rpc.sock")
modparam("htable", "htable", "x=>size=4;")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// prelude is what every script begins with.
const prelude = `
function note(...)
	local words = {}
	for i = 1, select("#", ...) do words[i] = tostring(select(i, ...)) end
	KSR.log("alert", "note: " .. table.concat(words, " ") .. "\n")
end
`

func (c *Case) config(dir string) string {
	return strings.ReplaceAll(names.Replace(config+c.Config), "@DIR@", dir)
}

func (c *Case) script() string { return names.Replace(prelude + c.Script) }

// notes finds the script's notes in a log.
func notes(log string) []string {
	var list []string
	for line := range strings.Lines(log) {
		if _, text, found := strings.Cut(line, "note: "); found {
			list = append(list, "note: "+text)
		}
	}
	return list
}
