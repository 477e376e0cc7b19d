package registrar

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/sip"
)

var errGRUU = errors.New("registrar: not a GRUU of this server")

// byGRUU finds the contact that a GRUU names (RFC 5627 5.1): a public one has the instance in
// its gr parameter, a temporary one has the contact's id as the user.
func (s *state) byGRUU(t *location.Table, u *sip.URI) ([]*location.Contact, error) {
	if u.GR == "" {
		return byTemporary(t, u.User)
	}
	for _, c := range t.Lookup(s.location.Rules.AOR(u)) {
		if instanceURN(c.Instance) == u.GR {
			return []*location.Contact{c}, nil
		}
	}
	return nil, nil
}

func byTemporary(t *location.Table, user string) ([]*location.Contact, error) {
	dash := strings.LastIndexByte(user, '-')
	if dash < 0 {
		return nil, errGRUU
	}
	hash, err := strconv.ParseUint(user[dash+1:], 16, 64)
	if err != nil {
		return nil, errGRUU
	}
	if _, c := t.LookupRUID(hash, user[:dash]); c != nil {
		return []*location.Contact{c}, nil
	}
	return nil, nil
}
