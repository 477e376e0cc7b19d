package pv

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var params = kemi.Params[state]{
	kemi.FuncParam("shvset", kemi.KindStr, "none", (*state).addShared, `declares a shared variable, "name=i:17" or "name=s:text"; may be given several times`),
	kemi.FuncParam("varset", kemi.KindStr, "none", (*state).addPreset, `a first value for $var(name), "name=i:17" or "name=s:text"; may be given several times`),
	kemi.FuncParam("avp_aliases", kemi.KindStr, "none", (*state).addAliases, `other names for AVPs, "alias=s:name;other=i:10"`),
}

// parsePreset reads name=i:NUMBER or name=s:TEXT; the type may be left out for a text.
func parsePreset(text string) (p preset, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return p, fmt.Errorf("%q: want name=i:NUMBER or name=s:TEXT", text)
	}
	p.name = strings.TrimSpace(name)
	switch {
	case strings.HasPrefix(value, "i:"):
		n, err := strconv.Atoi(value[2:])
		if err != nil {
			return p, fmt.Errorf("%q: %q is no number", text, value[2:])
		}
		p.value = kemi.Int(n)
	case strings.HasPrefix(value, "s:"):
		p.value = kemi.Str(value[2:])
	default:
		p.value = kemi.Str(value)
	}
	return p, nil
}

func (s *state) addShared(v kemi.ParamValue) error {
	p, err := parsePreset(v.Str)
	if err != nil {
		return err
	}
	x, err := s.shared.declare(p.name)
	if err != nil {
		return err
	}
	x.set(p.value)
	return nil
}

func (s *state) addPreset(v kemi.ParamValue) error {
	p, err := parsePreset(v.Str)
	if err != nil {
		return err
	}
	s.presets = append(s.presets, p)
	return nil
}

func (s *state) addAliases(v kemi.ParamValue) error {
	for part := range strings.SplitSeq(v.Str, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		alias, name, ok := strings.Cut(part, "=")
		if !ok || name == "" {
			return fmt.Errorf("%q: want alias=s:name or alias=i:number", part)
		}
		target, err := parseAVPName(name)
		if err != nil {
			return err
		}
		s.aliases[strings.TrimSpace(alias)] = target
	}
	return nil
}
