package config

// Flag is a name from a flags statement.
type Flag struct {
	Name   string
	Number int // -1 if the file gives none
	Pos    Pos
}

// flags reads flags NAME:1, OTHER. The incumbent's bool and avpflags have the same form.
func (p *parser) flags(t token) bool {
	for {
		name := p.take()
		if name.kind != tokWord && name.kind != tokString {
			return p.failf(name, t.text+" NAME:1, OTHER", "name of a flag expected, not %s", name)
		}
		f := Flag{Name: name.text, Number: -1, Pos: name.pos}
		if p.accept(":") {
			n := p.take()
			if n.kind != tokNumber || n.num > 31 {
				return p.failf(n, "flags go from 0 to 31", "number of a flag expected, not %s", n)
			}
			f.Number = int(n.num)
		}
		if t.text == "flags" {
			p.cfg.Flags = append(p.cfg.Flags, f)
		}
		if !p.accept(",") {
			return true
		}
	}
}
