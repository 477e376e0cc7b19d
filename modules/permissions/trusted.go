package permissions

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// trusted is the cached table of trusted peers. It does not change.
type trusted struct {
	bySource map[string][]peer // from the highest priority to the lowest
}

// peer is one rule of the trusted table.
type peer struct {
	source     string
	proto      protocol
	from, ruri pattern
	tag        optional
	priority   int
	order      int // in the table
}

// protocol is a transport as the table names it, with the incumbent's numbers.
type protocol int

const (
	anyProtocol  protocol = 0
	noProtocol   protocol = -1 // "none": the rule is switched off
	badProtocol  protocol = -2
	protocolSCTP protocol = 4
)

var protocols = map[string]protocol{
	"any": anyProtocol, "udp": 1, "tcp": 2, "tls": 3, "sctp": protocolSCTP, "ws": 5, "wss": 6, "none": noProtocol,
}

func parseProtocol(name string) protocol {
	if p, ok := protocols[strings.ToLower(name)]; ok {
		return p
	}
	return badProtocol
}

// protocolOf is the protocol of a flow in the table's numbers.
func protocolOf(p flow.Proto) protocol { return protocols[p.String()] }

// pattern is a regular expression that may be absent. A broken one matches nothing.
type pattern struct {
	optional
	re *regexp.Regexp
}

func (p *pattern) matches(text string) bool {
	return !p.set || p.re != nil && p.re.MatchString(text)
}

// request is what is compared with the rules.
type request struct {
	source     string
	proto      protocol
	from, ruri string
}

func (p *peer) matches(r *request) bool {
	return (p.proto == anyProtocol || p.proto == r.proto) && p.from.matches(r.from) && p.ruri.matches(r.ruri)
}

// matching gives the rules that match: all of them, or the first one.
func matching(peers []peer, r *request, all bool) (list []*peer) {
	for i := range peers {
		if !peers[i].matches(r) {
			continue
		}
		list = append(list, &peers[i])
		if !all {
			break
		}
	}
	return list
}

// makePeer reads the columns that peerColumns names.
func (s *state) makePeer(row db.Row) peer {
	return peer{
		proto: parseProtocol(row.Str(0)), from: s.pattern(column(row, 1)), ruri: s.pattern(column(row, 2)),
		tag: column(row, 3), priority: int(row.Int(4)), source: row.Str(5),
	}
}

func (s *state) peerColumns() []string {
	c := &s.trustedColumns
	return []string{c.proto, c.from, c.ruri, c.tag, c.priority, c.source}
}

func (s *state) pattern(text optional) pattern {
	p := pattern{optional: text}
	if text.set {
		var err error
		if p.re, err = s.regexes.Get(text.text, 0); err != nil {
			s.server.Log.Once("trusted pattern "+text.text, log.Err, "permissions", fmt.Sprintf("trusted: %q matches nothing: %v", text.text, err))
		}
	}
	return p
}

var (
	errNullPeer = errors.New("NULL in the column of the source or of the protocol")
	errProtocol = errors.New("no such protocol: want any, udp, tcp, tls, sctp, ws, wss or none")
)

// readTrusted reads the whole table. One wrong row refuses all.
func (s *state) readTrusted(ctx context.Context) (*trusted, error) {
	t := &trusted{bySource: map[string][]peer{}}
	n := 0
	err := s.db.Each(ctx, db.Query{Table: s.trustedTable, Columns: s.peerColumns()}, func(row db.Row) error {
		n++
		p := s.makePeer(row)
		switch {
		case row.IsNull(0) || row.IsNull(5):
			return fmt.Errorf("table %s, row %d: %w", s.trustedTable, n, errNullPeer)
		case p.proto == badProtocol:
			return fmt.Errorf("table %s, row %d: %q: %w", s.trustedTable, n, row.Str(0), errProtocol)
		case p.proto != noProtocol:
			p.order = n
			t.bySource[p.source] = append(t.bySource[p.source], p)
		}
		return nil
	})
	for _, list := range t.bySource {
		slices.SortStableFunc(list, byPriority)
	}
	return t, err
}

func byPriority(a, b peer) int { return b.priority - a.priority }

// peersOf reads the rules of one source from the database, from the lowest priority on. It blocks, no longer than a
// statement may take.
func (s *state) peersOf(source string) (list []peer, err error) {
	q := db.Query{Table: s.trustedTable, Columns: s.peerColumns(), Where: []db.Cond{db.Eq(s.trustedColumns.source, source)}, Order: s.trustedColumns.priority}
	rows, err := s.db.Select(context.Background(), q)
	for _, row := range rows {
		if p := s.makePeer(row); p.proto >= anyProtocol && !row.IsNull(0) {
			list = append(list, p)
		}
	}
	return list, err
}

// peers are the rules for a source, cached or asked for.
func (s *state) peers(c *kemi.Ctx, source string) (list []peer) {
	if s.dbMode != 0 {
		if t := s.trusted.Load(); t != nil {
			return t.bySource[source]
		}
		return nil
	}
	if s.db == nil || s.backends&loadTrusted == 0 {
		return nil
	}
	var err error
	c.Wait(func() { list, err = s.peersOf(source) })
	if err != nil {
		c.Log(log.Err, "permissions", "allow_trusted: "+err.Error())
	}
	return list
}
