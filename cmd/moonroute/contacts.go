package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/account"
	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/rpc"
)

// contactRow is a contact in JSON.
type contactRow struct {
	Table     string  `json:"table"`
	AOR       string  `json:"aor"`
	Contact   string  `json:"contact"`
	Expires   *int64  `json:"expires"` // seconds; null: permanent
	Q         float64 `json:"q"`       // -1: not given
	Received  string  `json:"received,omitempty"`
	Path      string  `json:"path,omitempty"`
	Socket    string  `json:"socket,omitempty"`
	UserAgent string  `json:"user_agent,omitempty"`
	RUID      string  `json:"ruid,omitempty"`
}

func (c contactRow) cells() []string {
	expires := "permanent"
	if c.Expires != nil {
		expires = (time.Duration(*c.Expires) * time.Second).String()
	}
	q := "-"
	if c.Q >= 0 {
		q = strconv.FormatFloat(c.Q, 'f', -1, 64)
	}
	return []string{c.AOR, c.Contact, expires, q, c.Received, c.UserAgent}
}

func (f *ulFlags) show(ctx context.Context, o *console, args []string) error {
	rows, err := f.contacts(ctx, optional(args))
	if err != nil {
		return err
	}
	return list(o, []string{"aor", "contact", "expires", "q", "received", "user agent"}, rows, contactRow.cells)
}

func (f *ulFlags) contacts(ctx context.Context, aor string) ([]contactRow, error) {
	if f.database {
		return f.stored(ctx, aor)
	}
	if aor == "" {
		var rows []contactRow
		err := f.dumps(ctx, func(values []rpc.Value) error {
			rows = append(rows, f.dumped(values)...)
			return nil
		})
		return rows, err
	}
	aor, err := f.aor(aor)
	if err != nil {
		return nil, err
	}
	values, err := f.ask(ctx, "ul.lookup", f.table, aor)
	if err != nil || len(values) == 0 {
		return nil, err
	}
	return contactsOf(f.table, values[0]), nil
}

// dumped are the contacts of the table in an answer to ul.dump.
func (f *ulFlags) dumped(values []rpc.Value) []contactRow {
	var rows []contactRow
	for _, v := range values {
		for _, domain := range entries(member(v, "Domains"), "Domain") {
			if text(domain, "Domain") != f.table {
				continue
			}
			for _, info := range entries(member(domain, "AoRs"), "Info") {
				rows = append(rows, contactsOf(f.table, info)...)
			}
		}
	}
	return rows
}

// contactsOf are the contacts of one address of record.
func contactsOf(table string, aor rpc.Value) []contactRow {
	var rows []contactRow
	for _, c := range entries(member(aor, "Contacts"), "Contact") {
		q, _ := strconv.ParseFloat(text(c, "Q"), 64)
		row := contactRow{Table: table, AOR: text(aor, "AoR"), Contact: text(c, "Address"), Q: q, Received: text(c, "Received"),
			Path: text(c, "Path"), Socket: text(c, "Socket"), UserAgent: text(c, "User-Agent"), RUID: text(c, "Ruid")}
		if left, err := strconv.ParseInt(text(c, "Expires"), 10, 64); err == nil {
			row.Expires = &left
		} else if text(c, "Expires") != "permanent" {
			row.Expires = new(int64) // expired, deleted
		}
		rows = append(rows, row)
	}
	return rows
}

// entries are the values with a name, one by one. The binary protocol has them side by side,
// JSON each in an object of its own.
func entries(v rpc.Value, name string) []rpc.Value {
	var found []rpc.Value
	each := func(n string, v rpc.Value) bool {
		if inner, ok := v.(*rpc.Struct); ok && n == "" {
			v, _ = inner.Get(name)
			n = name
		}
		if n == name && v != nil {
			found = append(found, v)
		}
		return true
	}
	switch v := v.(type) {
	case *rpc.Struct:
		v.All(each)
	case *rpc.List:
		v.All(each)
	}
	return found
}

func member(v rpc.Value, name string) rpc.Value {
	if s, ok := v.(*rpc.Struct); ok {
		v, _ := s.Get(name)
		return v
	}
	return nil
}

// text is a member as text; what the server shows for an empty one is empty again.
func text(v rpc.Value, name string) string {
	m := member(v, name)
	if m == nil || m == "[not set]" {
		return ""
	}
	return fmt.Sprint(m)
}

// stored are the contacts in the database that have not expired.
func (f *ulFlags) stored(ctx context.Context, aor string) ([]contactRow, error) {
	flags := databaseFlags{url: f.url, file: f.file, defines: f.defines}
	url, err := flags.find("usrloc")
	if err != nil {
		return nil, err
	}
	d, err := flags.open(url, openTime, false)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	q := db.Query{Table: f.table, Columns: []string{"username", "domain", "contact", "expires", "q", "received", "path", "socket", "user_agent", "ruid"}, Order: "username"}
	var n account.Name
	if aor != "" {
		if n, err = account.ParseName(aor, anyDomain); err != nil {
			return nil, err
		}
		q.Where = append(q.Where, db.Eq("username", n.User))
	}
	var rows []contactRow
	return rows, d.Each(ctx, q, func(r db.Row) error {
		if row, valid := storedContact(r, time.Now()); valid && ofDomain(n.Domain, r.Str(1)) {
			row.Table = f.table
			rows = append(rows, row)
		}
		return nil
	})
}

// anyDomain stands for the domain of a user that is written without one: no domain has such a name.
const anyDomain = "any"

// ofDomain tells whether a row is of the domain that is asked for. Without use_domain usrloc writes none.
func ofDomain(asked, stored string) bool {
	return asked == "" || asked == anyDomain || stored == "" || strings.EqualFold(asked, stored)
}

// storedContact reads a row. The zero time of usrloc, and a year as good as never, are permanent.
func storedContact(r db.Row, now time.Time) (contactRow, bool) {
	row := contactRow{AOR: strings.TrimSuffix(r.Str(0)+"@"+r.Str(1), "@"), Contact: r.Str(2), Q: r.Float(4), Received: r.Str(5), Path: r.Str(6), Socket: r.Str(7), UserAgent: r.Str(8), RUID: r.Str(9)}
	expires := r.Time(3)
	if expires.Year() <= 1970 {
		return row, true
	}
	left := int64(expires.Sub(now) / time.Second)
	row.Expires = &left
	return row, left > 0
}
