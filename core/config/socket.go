package config

// socket reads socket = { bind = …; advertise = …; name = "…"; … }.
func (p *parser) socket(t token) bool {
	const hint = `socket = { bind = udp:127.0.0.1:5060; name = "x"; }`
	if !p.expect("=", hint) || !p.expect("{", hint) {
		return false
	}
	l := Listen{Pos: t.pos}
	var hosts []string
	for !p.accept("}") {
		if p.accept(";") {
			continue
		}
		key := p.take()
		if key.kind != tokWord {
			return p.failf(key, hint, "attribute of a socket expected, not %s", key)
		}
		if !p.expect("=", hint) || !p.socketAttribute(key, &l, &hosts) {
			return false
		}
	}
	if len(hosts) == 0 {
		return p.failf(t, hint, "socket without bind")
	}
	p.addListen(l, hosts)
	return true
}

var socketAttributes = []string{"bind", "advertise", "name", "agname", "virtual", "workers", "vrf"}

// socketAttribute reads the value of one attribute.
func (p *parser) socketAttribute(key token, l *Listen, hosts *[]string) bool {
	switch key.text {
	case "bind":
		e, ok := p.endpoint()
		l.Proto, l.Port, *hosts = e.proto, e.port, e.hosts
		return ok && p.checkListen(e)
	case "advertise":
		return p.advertise(l)
	case "name":
		return p.socketText(&l.Name)
	case "agname":
		return p.socketText(&l.AsyncGroup)
	case "vrf":
		return p.socketText(&l.VRF)
	case "virtual", "workers":
		v, ok := p.value(key.text, kindInt)
		if key.text == "workers" {
			l.Workers = int(v.Int)
		} else {
			l.Virtual = v.Int != 0
		}
		return ok
	}
	return p.failf(key, didYouMean(key.text, socketAttributes), "unknown attribute of a socket %s", key)
}

func (p *parser) socketText(s *string) bool {
	t, ok := p.text("")
	*s = t.text
	return ok
}
