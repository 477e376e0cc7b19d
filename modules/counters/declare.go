package counters

import (
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// declaration is what a script_counter parameter says.
type declaration struct {
	id
	help string
}

// defaultHelp describes a counter whose declaration does not.
const defaultHelp = "custom script counter."

// declare reads "[GROUP.]NAME" with a description after a blank or a colon.
func (s *state) declare(v kemi.ParamValue) error {
	d := declaration{help: defaultHelp}
	name := v.Str
	if at := strings.IndexAny(name, " \t:"); at >= 0 {
		if help := strings.TrimSpace(name[at+1:]); help != "" {
			d.help = help
		}
		name = name[:at]
	}
	if d.id = parseID(name); d.name == "" {
		return fmt.Errorf("script_counter %q: want [GROUP.]NAME and a description after a blank or a colon", v.Str)
	}
	s.declared = append(s.declared, d)
	return nil
}

// parseID reads "[GROUP.]NAME".
func parseID(text string) id {
	if group, name, ok := strings.Cut(text, "."); ok {
		return id{group, name}
	}
	return id{name: text}
}
