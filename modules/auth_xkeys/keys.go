package auth_xkeys

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// group is the keys that peers may use. New hashes are made with the newest, older ones are good until they are taken
// out of the configuration: so a key can be changed on one server after the other.
type group struct {
	id   string
	keys []key // the newest first
}

type key struct {
	name, value string
	expires     int64 // Unix time that operators are told; a key is good beyond it, as in the incumbent
}

// define reads one xkey parameter.
func (s *state) define(v kemi.ParamValue) error {
	var id string
	var k key
	for p := sip.ParseParams(v.Str); p.Next(); {
		switch {
		case sip.EqualFold(p.Name, "id"):
			id = p.Value
		case sip.EqualFold(p.Name, "name"):
			k.name = p.Value
		case sip.EqualFold(p.Name, "value"):
			k.value = p.Value
		case sip.EqualFold(p.Name, "expires"):
			seconds, err := strconv.ParseInt(p.Value, 10, 32)
			if err != nil || seconds < 0 {
				return fmt.Errorf("xkey of %s: expires=%s is no number of seconds", id, p.Value)
			}
			k.expires = s.unixNow() + seconds
		}
	}
	if id == "" || k.name == "" || k.value == "" {
		return fmt.Errorf("xkey lacks id, name or value: want id=GROUP;name=KEY;value=SECRET")
	}
	s.put(id, k)
	return nil
}

func (s *state) setEngine(v kemi.ParamValue) error {
	if v.Str == "" || v.Str[0]|0x20 == 'c' || v.Str[0]|0x20 == 'g' {
		return nil
	}
	return fmt.Errorf(`hmac_engine=%q: want "crypto" or "gcrypt"`, v.Str)
}

// all is the groups as they are now.
func (s *state) all() []*group {
	if list := s.groups.Load(); list != nil {
		return *list
	}
	return nil
}

// find gives the group of an id, in any case; nil if there is none.
func (s *state) find(id string) *group {
	for _, g := range s.all() {
		if sip.EqualFold(g.id, id) {
			return g
		}
	}
	return nil
}

// put adds a key to a group as its newest, or a new group before the others.
func (s *state) put(id string, k key) {
	s.changes.Lock()
	defer s.changes.Unlock()
	old := s.find(id)
	if old == nil {
		s.store(append([]*group{{id, []key{k}}}, s.all()...))
		return
	}
	s.replace(old, append([]key{k}, old.keys...))
}

// expire sets the expiry of a group's newest key and tells whether there is that group.
func (s *state) expire(id string, at int64) bool {
	s.changes.Lock()
	defer s.changes.Unlock()
	g := s.find(id)
	if g == nil {
		return false
	}
	keys := slices.Clone(g.keys)
	keys[0].expires = at
	s.replace(g, keys)
	return true
}

func (s *state) replace(old *group, keys []key) {
	list := slices.Clone(s.all())
	list[slices.Index(list, old)] = &group{old.id, keys}
	s.store(list)
}

func (s *state) store(list []*group) { s.groups.Store(&list) }
