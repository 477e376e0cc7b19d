package tls

import (
	"errors"

	"github.com/moonroute/moonroute/kemi"
)

// choice is a yes or no that may be left open.
type choice uint8

const (
	open choice = iota
	off
	on
)

func chosen(yes bool) choice {
	if yes {
		return on
	}
	return off
}

// choiceParam is a number that is a yes or no; it remembers whether it was given.
func choiceParam(name string, field func(*state) *choice, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindInt, "0", func(s *state, v kemi.ParamValue) error {
		*field(s) = chosen(v.Int != 0)
		return nil
	}, doc)
}

func method(s *state, v kemi.ParamValue) error {
	var err error
	s.base.versions, err = parseMethod(v.Str)
	return err
}

func verifyClient(s *state, v kemi.ParamValue) error {
	var err error
	s.base.client, err = parseVerifyClient(v.Str)
	return err
}

type setter = func(*state, kemi.ParamValue) error

func nothing(*state, kemi.ParamValue) error { return nil }

// refuseText is for a parameter whose effect cannot be had, and would be missed.
func refuseText(why string) setter { return refuseUnless("", why) }

func refuseUnless(allowed, why string) setter {
	return func(_ *state, v kemi.ParamValue) error {
		if v.Str == allowed {
			return nil
		}
		return errors.New(why)
	}
}

func refuseNumber(why string) setter {
	return func(_ *state, v kemi.ParamValue) error {
		if v.Int == 0 {
			return nil
		}
		return errors.New(why)
	}
}
