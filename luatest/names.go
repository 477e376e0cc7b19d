package luatest

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/resolve"
)

// names is the DNS of a world: a table, and nothing beyond it. The server's own resolver asks it.
type names struct {
	mu    sync.Mutex
	zones map[string]map[resolve.Type][]resolve.Record
}

var _ resolve.Source = (*names)(nil)

// recordTTL is how many seconds the answers may be remembered.
const recordTTL = 60

// set replaces all records of a name.
func (n *names) set(name string, records map[resolve.Type][]resolve.Record) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.zones == nil {
		n.zones = map[string]map[resolve.Type][]resolve.Record{}
	}
	n.zones[dnsName(name)] = records
}

func dnsName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Ask implements resolve.Source.
func (n *names) Ask(_ context.Context, name string, want resolve.Type) ([]resolve.Record, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	records, known := n.zones[dnsName(name)]
	if !known {
		return nil, fmt.Errorf("%s: %w in the test: add it with t.dns", name, resolve.ErrNotFound)
	}
	return records[want], nil
}

// setNames is t.dns{name = "10.0.0.1", other = {"10.0.0.1", "2001:db8::1"}, ["_sip._udp.x"] = {srv = {…}}}.
func setNames(c *call) ([]glua.LValue, error) {
	w, err := c.s.need()
	if err != nil {
		return nil, err
	}
	c.L.CheckTable(1).ForEach(func(k, v glua.LValue) {
		records, e := recordsOf(v)
		if e != nil {
			err = failf("t.dns: %s: %v", k, e)
		}
		w.names.set(k.String(), records)
	})
	return nil, err
}

// recordsOf reads the records of one name.
func recordsOf(v glua.LValue) (map[resolve.Type][]resolve.Record, error) {
	records := map[resolve.Type][]resolve.Record{}
	t, ok := v.(*glua.LTable)
	if !ok {
		return records, addAddress(records, v.String())
	}
	var err error
	t.ForEach(func(k, v glua.LValue) {
		if e := addRecords(records, k, v); e != nil {
			err = e
		}
	})
	return records, err
}

func addRecords(records map[resolve.Type][]resolve.Record, k, v glua.LValue) error {
	if _, listed := k.(glua.LNumber); listed {
		return addAddress(records, v.String())
	}
	list, ok := v.(*glua.LTable)
	want, known := map[string]resolve.Type{"srv": resolve.SRV, "naptr": resolve.NAPTR}[k.String()]
	if !ok || !known {
		return fmt.Errorf("write addresses, srv = {{target = …, port = …}} or naptr = {{services = …, replacement = …}}")
	}
	var err error
	list.ForEach(func(_, v glua.LValue) {
		row, ok := v.(*glua.LTable)
		if !ok {
			err = fmt.Errorf("%s is a list of tables", k)
			return
		}
		records[want] = append(records[want], recordOf(row))
	})
	return err
}

func addAddress(records map[resolve.Type][]resolve.Record, text string) error {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return err
	}
	want := resolve.A
	if addr.Is6() {
		want = resolve.AAAA
	}
	records[want] = append(records[want], resolve.Record{TTL: recordTTL, Addr: addr})
	return nil
}

// recordOf reads one SRV or NAPTR record; what is not there is 0 or empty.
func recordOf(t *glua.LTable) resolve.Record {
	number := func(name string) uint16 { return uint16(glua.LVAsNumber(t.RawGetString(name))) }
	text := func(name string) string { return glua.LVAsString(t.RawGetString(name)) }
	return resolve.Record{
		TTL: recordTTL, Priority: number("priority"), Weight: number("weight"), Port: number("port"), Target: text("target"),
		Order: number("order"), Preference: number("preference"), Flags: text("flags"), Services: text("services"),
		Regexp: text("regexp"), Replacement: text("replacement"),
	}
}
