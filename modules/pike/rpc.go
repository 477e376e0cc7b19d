package pike

import (
	"cmp"
	"slices"

	"github.com/moonroute/moonroute/core/rpc"
)

// status is how busy a source is.
type status uint8

const (
	quiet status = iota
	warm         // a quarter of the limit
	hot          // blocked
)

func (s *state) status(x source) status {
	switch {
	case x.hits.over(s.density):
		return hot
	case x.hits.over(max(s.density/4, 1)):
		return warm
	}
	return quiet
}

// filters are the words that pike.top takes, and the status that a source must have.
var filters = map[string]func(status) bool{
	"ALL":  func(status) bool { return true },
	"HOT":  func(x status) bool { return x == hot },
	"WARM": func(x status) bool { return x == warm },
}

var statusNames = [...]string{"", "WARM", "HOT"}

func (s *state) rpcTop(c *rpc.Call) error {
	keep := filters[c.StrOpt(0, "HOT")]
	if keep == nil {
		return c.Fault(500, "Bad argument. Select: ALL, HOT or WARM")
	}
	list := s.tree.sources()
	slices.SortFunc(list, func(a, b source) int {
		return cmp.Or(cmp.Compare(b.hits.present+b.hits.previous, a.hits.present+a.hits.previous), a.addr.Compare(b.addr))
	})
	out := c.AddStruct().Add("max_hits", s.density)
	rows := out.List("list")
	for _, x := range list {
		if keep(s.status(x)) {
			s.addRow(rows, x)
		}
	}
	out.Add("number_of_rows", rows.Len())
	return nil
}

func (s *state) addRow(rows *rpc.List, x source) {
	rows.Struct("").Add("ip_addr", x.addr.String()).
		Add("leaf_hits_prev", x.hits.previous).Add("leaf_hits_curr", x.hits.present).
		Add("expires", s.latency-x.idle*s.unit).Add("status", statusNames[s.status(x)])
}
