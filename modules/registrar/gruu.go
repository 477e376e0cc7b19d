package registrar

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var errGRUU = errors.New("registrar: not a GRUU of this server")

// byGRUU finds the contact that a GRUU names (RFC 5627 5.1): a public one has the instance in
// its gr parameter, a temporary one has the contact's id as the user.
func (s *state) byGRUU(c *kemi.Ctx, t *location.Table, u *sip.URI) ([]*location.Contact, error) {
	instance, _ := u.Param("gr")
	if instance == "" {
		return s.byTemporary(c, t, u.User)
	}
	list, err := s.fetch(c, t, s.location.Rules.AOR(u))
	for _, x := range list {
		if instanceURN(x.Instance) == instance {
			return []*location.Contact{x}, nil
		}
	}
	return nil, err
}

func (s *state) byTemporary(c *kemi.Ctx, t *location.Table, user string) ([]*location.Contact, error) {
	dash := strings.LastIndexByte(user, '-')
	if dash < 0 {
		return nil, errGRUU
	}
	hash, err := strconv.ParseUint(user[dash+1:], 16, 64)
	if err != nil {
		return nil, errGRUU
	}
	x, err := s.fetchRUID(c, t, hash, user[:dash])
	if x == nil {
		return nil, err
	}
	return []*location.Contact{x}, nil
}
