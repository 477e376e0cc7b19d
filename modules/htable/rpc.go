package htable

import (
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

var commands = kemi.Commands[state]{
	{Name: "htable.dump", Array: true, Run: (*state).rpcDump, Doc: "Dump the content of a table."},
	{Name: "htable.get", Run: (*state).rpcGet, Doc: "Show a key of a table."},
	{Name: "htable.sets", Run: (*state).rpcSets, Doc: "Set a key to a text."},
	{Name: "htable.seti", Run: (*state).rpcSeti, Doc: "Set a key to a number."},
	{Name: "htable.setxs", Run: (*state).rpcSetxs, Doc: "Set a key to a text, with its lifetime in seconds."},
	{Name: "htable.setxi", Run: (*state).rpcSetxi, Doc: "Set a key to a number, with its lifetime in seconds."},
	{Name: "htable.setex", Run: (*state).rpcSetex, Doc: "Set the lifetime of a key in seconds."},
	{Name: "htable.delete", Run: (*state).rpcDelete, Doc: "Remove a key."},
	{Name: "htable.flush", Run: (*state).rpcFlush, Doc: "Remove all keys of a table."},
	{Name: "htable.listTables", Array: true, Run: (*state).rpcList, Doc: "List the tables and their settings."},
	{Name: "htable.stats", Array: true, Run: (*state).rpcStats, Doc: "Show how full the tables are."},
	{Name: "htable.reload", Run: (*state).rpcReload, Doc: "Read a table from its database again."},
	{Name: "htable.store", Run: (*state).rpcStore, Doc: "Write a table to its database."},
}

// rpcTable reads the table and the number of parameters that must be there.
func (s *state) rpcTable(c *rpc.Call, params int, missing string) (*table, error) {
	if c.Len() < params {
		return nil, &rpc.Fault{Code: 500, Message: missing}
	}
	name, err := c.AsStr(0)
	if err != nil {
		return nil, err
	}
	if t := s.tables[name]; t != nil {
		return t, nil
	}
	return nil, c.Fault(500, "No such htable")
}

// rpcKey reads the table and the key.
func (s *state) rpcKey(c *rpc.Call, params int, missing string) (t *table, key string, err error) {
	if t, err = s.rpcTable(c, params, missing); err != nil {
		return nil, "", err
	}
	key, err = c.AsStr(1)
	return t, key, err
}

func (s *state) rpcDump(c *rpc.Call) error {
	t, err := s.rpcTable(c, 1, "No htable name given")
	if err != nil {
		return err
	}
	slots := map[int][]entry{}
	for i := range t.parts {
		for _, e := range t.entries(i, s.now()) {
			n := t.slot(e.key)
			slots[n] = append(slots[n], e)
		}
	}
	numbers := make([]int, 0, len(slots))
	for n := range slots {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		dumpSlot(c, n, slots[n])
	}
	return nil
}

func dumpSlot(c *rpc.Call, n int, entries []entry) {
	row := c.AddStruct().Add("entry", n).Add("size", len(entries))
	list := row.List("slot")
	for _, e := range entries {
		item := list.Struct("").Add("name", e.key)
		if e.value.Kind() == kemi.KindStr {
			item.Add("value", e.value.Text()).Add("type", "str")
		} else {
			item.Add("value", e.value.Int64()).Add("type", "int")
		}
	}
}

func (s *state) rpcGet(c *rpc.Call) error {
	t, key, err := s.rpcKey(c, 2, "Not enough parameters (htable name and key name)")
	if err != nil {
		return err
	}
	found, ok := t.find(key, s.now())
	if !ok {
		return c.Fault(500, "Key name doesn't exist in htable.")
	}
	item := c.AddStruct().Struct("item").Add("name", key)
	if found.value.Kind() == kemi.KindStr {
		item.Add("value", found.value.Text()).Add("flags", 2)
	} else {
		item.Add("value", found.value.Int64()).Add("flags", 0)
	}
	expire := "NEVER"
	if found.expires != 0 {
		expire = time.Unix(found.expires, 0).Format(time.DateTime)
	}
	item.Add("expire", expire)
	return nil
}

// find copies one cell out of the table.
func (t *table) find(key string, now int64) (e entry, ok bool) {
	p := t.part(key)
	p.mu.RLock()
	defer p.mu.RUnlock()
	c := p.live(key, now)
	if c == nil {
		return e, false
	}
	return entry{key, c.value(), c.expires}, true
}

func (s *state) rpcSets(c *rpc.Call) error  { return s.rpcSet(c, true, false) }
func (s *state) rpcSeti(c *rpc.Call) error  { return s.rpcSet(c, false, false) }
func (s *state) rpcSetxs(c *rpc.Call) error { return s.rpcSet(c, true, true) }
func (s *state) rpcSetxi(c *rpc.Call) error { return s.rpcSet(c, false, true) }

func (s *state) rpcSet(c *rpc.Call, text, withExpiry bool) error {
	t, key, err := s.rpcKey(c, 3, "Not enough parameters (htable name, key name and value)")
	if err != nil {
		return err
	}
	var v kemi.Value
	if text {
		x, err := c.AsStr(2)
		if err != nil {
			return err
		}
		v = kemi.Str(x)
	} else {
		n, err := c.AsInt(2)
		if err != nil {
			return err
		}
		v = kemi.Int64(n)
	}
	var seconds int64
	if withExpiry {
		if seconds, err = c.AsInt(3); err != nil {
			return err
		}
	}
	if !s.set(t, key, v, seconds) {
		return c.Fault(500, "Failed to set the key")
	}
	c.Add("Ok. Key set to new value.")
	return nil
}

func (s *state) rpcSetex(c *rpc.Call) error {
	t, key, err := s.rpcKey(c, 3, "Not enough parameters (htable name, key name and expiry value)")
	if err != nil {
		return err
	}
	seconds, err := c.AsInt(2)
	if err != nil {
		return err
	}
	t.expire(key, seconds, s.now())
	c.Add("Ok")
	return nil
}

func (s *state) rpcDelete(c *rpc.Call) error {
	t, key, err := s.rpcKey(c, 2, "Not enough parameters (htable name & key name)")
	if err != nil {
		return err
	}
	if !t.remove(key, s.now()) {
		return c.Fault(404, "Key not found in htable.")
	}
	c.Add("Ok. Key deleted.")
	return nil
}

func (s *state) rpcFlush(c *rpc.Call) error {
	t, err := s.rpcTable(c, 1, "No htable name given")
	if err != nil {
		return err
	}
	t.reset()
	c.Add("Ok. Htable flushed.")
	return nil
}

func (s *state) rpcList(c *rpc.Call) error {
	for _, t := range s.sorted() {
		c.AddStruct().Add("name", t.name).Add("dbtable", t.dbTable).Add("dbmode", t.dbMode).
			Add("expire", t.autoExpire).Add("updateexpire", t.updateExpire).Add("size", t.slots).
			Add("dmqreplicate", t.replicate)
	}
	return nil
}

func (s *state) rpcStats(c *rpc.Call) error {
	for _, t := range s.sorted() {
		all, least, most := t.fill(s.now())
		c.AddStruct().Add("name", t.name).Add("slots", t.slots).Add("all", all).Add("min", least).Add("max", most)
	}
	return nil
}

// fill is how many values a table has, and how many its emptiest and its fullest slot.
func (t *table) fill(now int64) (all, least, most int) {
	counts := map[int]int{}
	for i := range t.parts {
		for _, e := range t.entries(i, now) {
			all++
			counts[t.slot(e.key)]++
		}
	}
	if len(counts) == t.slots {
		least = all
		for _, n := range counts {
			least = min(least, n)
		}
	}
	for _, n := range counts {
		most = max(most, n)
	}
	return all, least, most
}

func (s *state) rpcReload(c *rpc.Call) error {
	return s.rpcDatabase(c, s.load, "Ok. Htable reloaded.", "Htable reload failed")
}

func (s *state) rpcStore(c *rpc.Call) error {
	return s.rpcDatabase(c, s.save, "Ok. Htable successfully stored to DB.", "Htable store failed")
}

// rpcDatabase moves a table between the database and the memory.
func (s *state) rpcDatabase(c *rpc.Call, move func(*table) error, done, failed string) error {
	if s.db == nil {
		return c.Fault(500, "No htable db_url")
	}
	t, err := s.rpcTable(c, 1, "No htable name given")
	if err != nil {
		return err
	}
	if t.dbTable == "" {
		return c.Fault(500, "No database htable")
	}
	if err := move(t); err != nil {
		s.server.Log.Error("htable", err.Error())
		return &rpc.Fault{Code: 500, Message: failed}
	}
	c.Add(done)
	return nil
}
