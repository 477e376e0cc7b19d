package config

// nativeRoutes are the blocks of the incumbent's own language, with what takes
// their place in a Lua script.
var nativeRoutes = map[string]string{
	"route":         "the function ksr_request_route",
	"request_route": "the function ksr_request_route",
	"reply_route":   "the function ksr_reply_route",
	"onreply_route": "the function ksr_reply_route, or one named to KSR.tm.t_on_reply",
	"failure_route": "a function named to KSR.tm.t_on_failure",
	"branch_route":  "a function named to KSR.tm.t_on_branch",
	"onsend_route":  "the function ksr_onsend_route",
	"event_route":   `the function that the module's parameter "event_callback" names`,
}

// nativeRoute refuses a routing block of the incumbent's own language and goes behind it.
func (p *parser) nativeRoute(t token) bool {
	p.r.fail(t.pos, "routing blocks are not supported: "+t.text,
		`routing logic lives in the Lua script of cfgengine "lua"; here that is `+nativeRoutes[t.text])
	for open := 0; ; {
		switch next := p.take(); {
		case next.kind == tokEOF:
			return true
		case next.is("{"):
			open++
		case next.is("}"):
			if open--; open <= 0 {
				return true
			}
		}
	}
}
